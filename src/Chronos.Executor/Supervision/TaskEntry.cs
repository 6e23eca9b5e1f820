using Chronos.Executor.Journal;
using Chronos.Executor.Native;
using Chronos.Executor.Protocol;

namespace Chronos.Executor.Supervision;

/// <summary>What the executor knows about one attempt. Changed only by the supervising thread.</summary>
internal sealed class TaskEntry
{
    internal required string Id { get; init; }

    internal required string Job { get; init; }

    internal required string Sandbox { get; init; }

    internal required double Cpus { get; init; }

    internal required double MemMebibytes { get; init; }

    /// <summary>How to start it; dropped once that is done.</summary>
    internal LaunchOrder? Order { get; set; }

    internal TaskPhase Phase { get; set; } = TaskPhase.Starting;

    internal string Message { get; set; } = "";

    /// <summary>The control group of its processes; null: it has none.</summary>
    internal string? Group { get; set; }

    internal int Pid { get; set; }

    internal long StartTicks { get; set; }

    internal long? StartedAt { get; set; }

    internal long? EndedAt { get; set; }

    internal ProcessEnd? End { get; set; }

    /// <summary>Whether the main process is over; a kill may still have to find the others.</summary>
    internal bool HasMainEnded { get; set; }

    internal bool IsKillAsked { get; set; }

    internal bool IsAskedPolitely { get; set; }

    /// <summary>When force is used, in milliseconds since the machine started.</summary>
    internal long KillDeadline { get; set; }

    internal CancellationTokenSource? Fetching { get; set; }

    internal bool IsOver => Phase >= TaskPhase.Finished;

    internal TaskReport ToReport() => new()
    {
        Id = Id,
        Job = Job,
        Phase = Phase,
        StartedAt = StartedAt,
        EndedAt = EndedAt,
        ExitCode = End?.ExitCode,
        Signal = End?.Signal,
        Message = Message,
        Cpus = Cpus,
        MemMebibytes = MemMebibytes,
    };

    /// <summary>The lines that a journal needs to know as much.</summary>
    internal IEnumerable<JournalEntry> ToJournal()
    {
        if (IsOver)
        {
            yield return Line(JournalKind.Ended) with { Report = ToReport() };
            yield break;
        }

        yield return Line(JournalKind.Accepted);
        if (Pid == 0) yield break;
        yield return StartedLine();
        if (IsKillAsked) yield return Line(JournalKind.Killing);
    }

    internal JournalEntry StartedLine() => new()
    {
        Kind = JournalKind.Started, Id = Id, Group = Group, Pid = Pid, StartTicks = StartTicks, At = StartedAt ?? 0,
    };

    internal JournalEntry Line(JournalKind kind) => kind == JournalKind.Accepted
        ? new() { Kind = kind, Id = Id, Job = Job, Sandbox = Sandbox, Cpus = Cpus, MemMebibytes = MemMebibytes }
        : new() { Kind = kind, Id = Id, Group = kind == JournalKind.Spawning ? Group : null };
}
