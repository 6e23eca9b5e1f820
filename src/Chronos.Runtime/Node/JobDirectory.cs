using System.Collections.Concurrent;
using System.Collections.Immutable;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;

namespace Chronos.Runtime.Node;

/// <summary>What readers see of jobs: immutable snapshots, published by the node loop after they are durable. Reading
/// never waits for the loop, and the loop never waits for readers.</summary>
public sealed class JobDirectory
{
    private static readonly ImmutableSortedSet<string> NoNames =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private readonly JobIndex<JobEntry> byName = new(entry => entry.Name);
    private readonly ConcurrentDictionary<RunId, string> activeRuns = new();
    private readonly ConcurrentDictionary<string, ImmutableSortedSet<string>> children = new(StringComparer.Ordinal);
    private readonly Lock sorting = new();
    private readonly List<JobEntry> added = [];
    private JobEntry[]? sorted;
    private bool isStale;

    /// <summary>The number of jobs.</summary>
    public int Count => byName.Count;

    /// <summary>The job of this name; null: there is none.</summary>
    public JobSnapshot? Find(string name) => byName.Find(name)?.Snapshot;

    /// <summary>The job that has this run among its active ones; null: none has.</summary>
    public JobSnapshot? FindByActiveRun(RunId run) =>
        activeRuns.TryGetValue(run, out var name) ? Find(name) : null;

    /// <summary>The number of runs that have not ended.</summary>
    public int ActiveRunCount => activeRuns.Count;

    /// <summary>Names of the jobs that have this one as a parent, in ordinal order.</summary>
    public IReadOnlyCollection<string> ChildrenOf(string name) => children.GetValueOrDefault(name) ?? NoNames;

    /// <summary>Jobs that have runs which have not ended, in no order.</summary>
    public IEnumerable<JobSnapshot> WithActiveRuns()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, name) in activeRuns)
            if (seen.Add(name) && Find(name) is { } snapshot)
                yield return snapshot;
    }

    /// <summary>All jobs in no order, looked up one after the other: what changes meanwhile may be seen or not.
    /// </summary>
    public IEnumerable<JobSnapshot> InNoOrder()
    {
        foreach (var entry in byName.Items)
            if (entry.Snapshot is { } snapshot)
                yield return snapshot;
    }

    /// <summary>All jobs by name in ordinal order. A job that is deleted meanwhile is left out.</summary>
    public IEnumerable<JobSnapshot> InOrder()
    {
        var entries = Sorted();
        foreach (var entry in entries)
            if (entry.Snapshot is { } snapshot)
                yield return snapshot;
    }

    /// <summary>All jobs by name in ordinal order, for those who look at many of them and keep few: there is no lookup
    /// and no object for each.</summary>
    public ReadOnlySpan<JobEntry> Entries() => Sorted();

    /// <summary>Runs that are found as active although their job does not have them; at most
    /// <paramref name="limit"/> are looked at.</summary>
    internal IEnumerable<(RunId Run, string JobName)> OrphanedRuns(int limit)
    {
        foreach (var (run, name) in activeRuns.Take(limit))
            if (Find(name) is not { } snapshot || !Has(snapshot, run)) yield return (run, name);
    }

    /// <summary>Shows a job as it now is.</summary>
    internal void Publish(JobEntry entry, JobSnapshot snapshot)
    {
        var before = entry.Snapshot;
        entry.Snapshot = snapshot;
        if (before is null)
        {
            byName.Add(entry);
            NoteChange(entry);
        }

        IndexRuns(entry.Name, before, snapshot);
        IndexChildren(entry.Name, before, snapshot);
    }

    internal void Remove(string name)
    {
        if (byName.Remove(name) is not { } entry) return;
        var before = entry.Snapshot;
        entry.Snapshot = null;
        NoteChange(null);
        IndexRuns(name, before, null);
        IndexChildren(name, before, null);
    }

    private void IndexRuns(string name, JobSnapshot? before, JobSnapshot? after)
    {
        if (after is not null)
            foreach (var run in after.State.ActiveRuns)
                if (before is null || !Has(before, run.Id)) activeRuns[run.Id] = name;
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

    private void IndexChildren(string name, JobSnapshot? before, JobSnapshot? after)
    {
        var (old, now) = (before?.Job.Parents ?? default, after?.Job.Parents ?? default);
        if (old == now) return;
        foreach (var parent in old)
            if (children.TryGetValue(parent, out var all) && all.Remove(name) is var rest)
            {
                if (rest.IsEmpty) children.TryRemove(parent, out _);
                else children[parent] = rest;
            }

        foreach (var parent in now) children[parent] = children.GetValueOrDefault(parent, NoNames).Add(name);
    }

    private void NoteChange(JobEntry? addedEntry)
    {
        lock (sorting)
        {
            isStale = true;
            if (addedEntry is not null && sorted is not null) added.Add(addedEntry);
        }
    }

    private JobEntry[] Sorted()
    {
        lock (sorting)
        {
            if (sorted is null) Array.Sort(sorted = [.. byName.Items], JobEntry.ByName);
            else if (isStale) sorted = MergedNeedsLock(sorted);
            isStale = false;
            added.Clear();
            return sorted;
        }
    }

    /// <summary>The entries, those that are gone left out and new ones put in their places. Sorting all of them again
    /// for each new job would make creating and listing in turn slow where there are many.</summary>
    private JobEntry[] MergedNeedsLock(JobEntry[] before)
    {
        added.Sort(JobEntry.ByName);
        var merged = new List<JobEntry>(before.Length + added.Count);
        var next = 0;
        foreach (var entry in before)
        {
            for (; next < added.Count && JobEntry.ByName.Compare(added[next], entry) < 0; next++)
                Append(merged, added[next]);
            Append(merged, entry);
        }

        for (; next < added.Count; next++) Append(merged, added[next]);
        return [.. merged];
    }

    private static void Append(List<JobEntry> merged, JobEntry entry)
    {
        var isThere = entry.Snapshot is not null && (merged.Count == 0 || merged[^1] != entry);
        if (isThere) merged.Add(entry);
    }
}
