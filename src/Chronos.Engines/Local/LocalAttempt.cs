using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Executor.Protocol;
using NodaTime;

namespace Chronos.Engines.Local;

/// <summary>What the engine knows about an attempt.</summary>
internal sealed class LocalAttempt(AttemptId id, string jobName, Resources resources)
{
    internal AttemptId Id { get; } = id;

    internal string JobName { get; } = jobName;

    internal Resources Resources { get; } = resources;

    internal bool IsHighPriority { get; init; }

    /// <summary>How to start it; kept until the executor says that its process runs.</summary>
    internal LaunchOrder? Order { get; set; }

    /// <summary>When it began to wait, in <see cref="TimeProvider"/> timestamps.</summary>
    internal long WaitingSince { get; init; }

    /// <summary>Its place among those that wait; null: it does not.</summary>
    internal LinkedListNode<LocalAttempt>? Place { get; set; }

    internal bool IsReserved { get; set; }

    /// <summary>A kill to repeat when the executor is there again.</summary>
    internal KillOrder? Kill { get; set; }

    /// <summary>What the executor said last; null: nothing yet.</summary>
    internal TaskReport? Report { get; set; }

    internal bool IsOver => Report is { IsOver: true };

    internal bool IsRunning => Report is { Phase: TaskPhase.Running };

    internal AttemptStatus ToStatus(string agent) => new()
    {
        Id = Id,
        JobName = JobName,
        Phase = Place is not null ? AttemptPhase.Waiting : ToPhase(Report?.Phase ?? TaskPhase.Starting),
        StartedAt = ToInstant(Report?.StartedAt),
        EndedAt = ToInstant(Report?.EndedAt),
        ExitCode = Report?.ExitCode,
        Signal = Report?.Signal,
        Message = Report?.Message ?? "",
        Agent = agent,
    };

    private static Instant? ToInstant(long? milliseconds) =>
        milliseconds is { } value ? Instant.FromUnixTimeMilliseconds(value) : null;

    private static AttemptPhase ToPhase(TaskPhase phase) => phase switch
    {
        TaskPhase.Starting => AttemptPhase.Starting,
        TaskPhase.Running => AttemptPhase.Running,
        TaskPhase.Finished => AttemptPhase.Finished,
        TaskPhase.Failed => AttemptPhase.Failed,
        TaskPhase.Killed => AttemptPhase.Killed,
        TaskPhase.Doubtful => AttemptPhase.Doubtful,
        _ => throw new InvalidOperationException($"Unknown phase {phase}."),
    };
}
