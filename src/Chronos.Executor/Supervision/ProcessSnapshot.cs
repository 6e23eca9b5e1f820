using Chronos.Executor.Native;

namespace Chronos.Executor.Supervision;

/// <summary>All processes at one moment, to find those of a task: its session and process group, whatever descends from
/// it, what is in its control group, and orphans that carry its id in their environment.</summary>
internal sealed class ProcessSnapshot
{
    private readonly List<ProcessRow> rows = ProcessTable.ReadAll();
    private readonly Lazy<ILookup<string, int>> orphans;

    internal ProcessSnapshot() => orphans = new(FindOrphans);

    /// <summary>The living processes of a task.</summary>
    internal HashSet<int> Find(TaskEntry task, IReadOnlyList<int> controlGroup)
    {
        var found = new HashSet<int>();
        var dead = new HashSet<int>();
        var isReused = false;
        foreach (var row in rows)
        {
            if (row.IsDead) dead.Add(row.Pid);
            isReused |= row.Pid == task.Pid && row.StartTicks != task.StartTicks;
        }

        if (!isReused)
            foreach (var row in rows)
                if (row.Pid == task.Pid || row.Session == task.Pid || row.Group == task.Pid) found.Add(row.Pid);
        found.UnionWith(orphans.Value[task.Id]);
        found.UnionWith(controlGroup);
        AddDescendants(found);
        found.ExceptWith(dead);
        found.Remove(Environment.ProcessId);
        return found;
    }

    private void AddDescendants(HashSet<int> found)
    {
        var count = -1;
        while (count != found.Count)
        {
            count = found.Count;
            foreach (var row in rows)
                if (found.Contains(row.Parent)) found.Add(row.Pid);
        }
    }

    private ILookup<string, int> FindOrphans() => rows
        .Where(row => !row.IsDead && (row.Parent == 1 || row.Parent == Environment.ProcessId))
        .Select(row => (row.Pid, Id: ProcessTable.ReadVariable(row.Pid, Recovery.Marker)))
        .Where(orphan => orphan.Id is not null)
        .ToLookup(orphan => orphan.Id!, orphan => orphan.Pid, StringComparer.Ordinal); // nulls are filtered above
}
