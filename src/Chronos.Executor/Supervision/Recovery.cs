using Chronos.Executor.Journal;
using Chronos.Executor.Native;
using Chronos.Executor.Protocol;

namespace Chronos.Executor.Supervision;

/// <summary>Makes the journal of an executor that is gone into what holds now: tasks that still run are found again by
/// number, start time and boot id; what cannot be known is said to be doubtful; what never ran is forgotten.</summary>
internal sealed class Recovery(string bootId, long now)
{
    /// <summary>The variable by which a process is recognised whose number was not written down in time.</summary>
    internal const string Marker = "CHRONOS_ATTEMPT_ID";

    private readonly Dictionary<string, (TaskEntry Task, JournalKind Last, string Boot)> known =
        new(StringComparer.Ordinal);

    /// <summary>The attempts that are still to be reported or watched.</summary>
    internal List<TaskEntry> Run(IReadOnlyList<JournalEntry> entries)
    {
        var boot = "";
        foreach (var entry in entries)
        {
            if (entry.Kind == JournalKind.Opened) boot = entry.Id;
            else Apply(entry, boot);
        }

        var tasks = new List<TaskEntry>();
        var marked = new Lazy<Dictionary<string, ProcessRow>>(FindMarked);
        foreach (var (task, last, itsBoot) in known.Values)
        {
            if (!task.IsOver && last == JournalKind.Accepted && itsBoot == bootId) continue; // it never ran
            if (!task.IsOver) Judge(task, itsBoot, marked);
            tasks.Add(task);
        }

        return tasks;
    }

    private void Apply(JournalEntry entry, string boot)
    {
        switch (entry.Kind)
        {
            case JournalKind.Accepted:
                known[entry.Id] = (FromAccepted(entry), entry.Kind, boot);
                break;
            case JournalKind.Spawning when known.TryGetValue(entry.Id, out var known1):
                known1.Task.Group = entry.Group;
                known[entry.Id] = known1 with { Last = entry.Kind };
                break;
            case JournalKind.Started when known.TryGetValue(entry.Id, out var known2):
                (known2.Task.Pid, known2.Task.StartTicks) = (entry.Pid, entry.StartTicks);
                (known2.Task.StartedAt, known2.Task.Group) = (entry.At, entry.Group);
                known[entry.Id] = known2 with { Last = entry.Kind };
                break;
            case JournalKind.Killing when known.TryGetValue(entry.Id, out var known3):
                known3.Task.IsKillAsked = true;
                break;
            case JournalKind.Ended when entry.Report is { } report:
                known[entry.Id] = (FromEnded(report), entry.Kind, boot);
                break;
            case JournalKind.Forgotten:
                known.Remove(entry.Id);
                break;
            default:
                break; // about an attempt that is forgotten already
        }
    }

    private void Judge(TaskEntry task, string itsBoot, Lazy<Dictionary<string, ProcessRow>> marked)
    {
        if (itsBoot != bootId)
        {
            EndUnknown(task, "The machine was restarted while the task may have run; its end is unknown.");
            return;
        }

        if (task.Pid == 0 && marked.Value.TryGetValue(task.Id, out var row))
            (task.Pid, task.StartTicks) = (row.Pid, row.StartTicks);
        if (task.Pid != 0 && ProcessTable.IsAlive(task.Pid, task.StartTicks))
        {
            task.Phase = TaskPhase.Running;
            task.KillDeadline = task.IsKillAsked ? Environment.TickCount64 : 0;
            return;
        }

        if (task.Pid != 0 && ProcessTable.ReadEnd(task.Pid, task.StartTicks) is { } end)
        {
            (task.End, task.EndedAt) = (end, now);
            task.Phase = task.IsKillAsked ? TaskPhase.Killed
                : end.ExitCode == 0 ? TaskPhase.Finished : TaskPhase.Failed;
            return;
        }

        EndUnknown(task, "The executor was killed, and the task ended before the next one: its exit code is unknown.");
    }

    private void EndUnknown(TaskEntry task, string message)
    {
        task.Phase = task.IsKillAsked ? TaskPhase.Killed : TaskPhase.Doubtful;
        task.Message = message;
        task.EndedAt = now;
    }

    // The main process is the one that leads its session; children inherit the variable but not that.
    private static Dictionary<string, ProcessRow> FindMarked()
    {
        var found = new Dictionary<string, ProcessRow>(StringComparer.Ordinal);
        foreach (var row in ProcessTable.ReadAll())
        {
            if (row.IsDead || ProcessTable.ReadVariable(row.Pid, Marker) is not { } id) continue;
            if (row.Session == row.Pid) found[id] = row;
            else found.TryAdd(id, row);
        }

        return found;
    }

    private static TaskEntry FromAccepted(JournalEntry entry) => new()
    {
        Id = entry.Id,
        Job = entry.Job,
        Sandbox = entry.Sandbox,
        Cpus = entry.Cpus,
        MemMebibytes = entry.MemMebibytes,
    };

    private static TaskEntry FromEnded(TaskReport report) => new()
    {
        Id = report.Id,
        Job = report.Job,
        Sandbox = "",
        Cpus = report.Cpus,
        MemMebibytes = report.MemMebibytes,
        Phase = report.Phase,
        StartedAt = report.StartedAt,
        EndedAt = report.EndedAt,
        End = report.ExitCode is null && report.Signal is null ? null : new(report.ExitCode, report.Signal),
        Message = report.Message,
    };
}
