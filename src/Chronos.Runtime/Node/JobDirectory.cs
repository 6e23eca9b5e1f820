using System.Collections.Concurrent;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;

namespace Chronos.Runtime.Node;

/// <summary>What readers see of jobs: immutable snapshots, published by the node loop after they are durable. Reading
/// never waits for the loop, and the loop never waits for readers.</summary>
public sealed class JobDirectory
{
    private readonly ConcurrentDictionary<string, JobSnapshot> byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<RunId, string> activeRuns = new();
    private readonly Lock sorting = new();
    private string[]? sortedNames;

    /// <summary>The number of jobs.</summary>
    public int Count => byName.Count;

    /// <summary>The job of this name; null: there is none.</summary>
    public JobSnapshot? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The job that has this run among its active ones; null: none has.</summary>
    public JobSnapshot? FindByActiveRun(RunId run) =>
        activeRuns.TryGetValue(run, out var name) ? Find(name) : null;

    /// <summary>The number of runs that have not ended.</summary>
    public int ActiveRunCount => activeRuns.Count;

    /// <summary>All jobs by name in ordinal order. A job that is deleted meanwhile is left out.</summary>
    public IEnumerable<JobSnapshot> InOrder()
    {
        foreach (var name in SortedNames())
            if (byName.TryGetValue(name, out var snapshot))
                yield return snapshot;
    }

    /// <summary>All names in ordinal order; the array must not be changed.</summary>
    public IReadOnlyList<string> SortedNames()
    {
        var names = Volatile.Read(ref sortedNames);
        if (names is not null) return names;
        lock (sorting)
        {
            if (sortedNames is not null) return sortedNames;
            names = [.. byName.Keys];
            Array.Sort(names, StringComparer.Ordinal);
            return sortedNames = names;
        }
    }

    internal void Publish(JobSnapshot snapshot)
    {
        var name = snapshot.Job.Name;
        var before = Find(name);
        byName[name] = snapshot;
        if (before is null) ForgetOrder();
        IndexRuns(name, before, snapshot);
    }

    internal void Remove(string name)
    {
        if (!byName.TryRemove(name, out var before)) return;
        ForgetOrder();
        IndexRuns(name, before, null);
    }

    private void IndexRuns(string name, JobSnapshot? before, JobSnapshot? after)
    {
        if (after is not null)
            foreach (var run in after.State.ActiveRuns)
                activeRuns[run.Id] = name;
        if (before is null) return;
        foreach (var run in before.State.ActiveRuns)
            if (after is null || !Has(after, run.Id))
                activeRuns.TryRemove(run.Id, out _);
    }

    private static bool Has(JobSnapshot snapshot, RunId id)
    {
        foreach (var run in snapshot.State.ActiveRuns)
            if (run.Id == id) return true;
        return false;
    }

    private void ForgetOrder()
    {
        lock (sorting) sortedNames = null;
    }
}
