using Chronos.Core.Jobs;
using NodaTime;

namespace Chronos.Core.Runs;

/// <summary>One execution of a job that was decided. Immutable; a change makes a new instance through
/// <see cref="In"/>, which refuses illegal transitions.</summary>
public sealed record Run
{
    /// <summary>Identifies the run in a cluster.</summary>
    public required RunId Id { get; init; }

    /// <summary>What caused the run.</summary>
    public required RunCause Cause { get; init; }

    /// <summary>The due time; for a run by hand or by parents the time of the request or completion.</summary>
    public required Instant Nominal { get; init; }

    /// <summary>When the run was decided.</summary>
    public required Instant CreatedAt { get; init; }

    /// <summary>Where the run stands.</summary>
    public RunState State { get; init; } = RunState.Queued;

    /// <summary>Why the run is in its state, as a sentence for people; empty where the state says it all.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Number of the current attempt, from 1; 0 before the first launch was decided.</summary>
    public int Attempt { get; init; }

    /// <summary>When the current attempt began to run.</summary>
    public Instant? StartedAt { get; init; }

    /// <summary>When the run reached its final state.</summary>
    public Instant? EndedAt { get; init; }

    /// <summary>When the next attempt is due, while the run waits for a retry.</summary>
    public Instant? RetryAt { get; init; }

    /// <summary>Attempts that have ended, in order.</summary>
    public ValueList<Attempt> Attempts { get; init; }

    /// <summary>Set once someone or something wants the current attempt to end.</summary>
    public KillRequest? Kill { get; init; }

    /// <summary>The machine or agent of the current attempt; empty: unknown.</summary>
    public string Agent { get; init; } = "";

    /// <summary>The engine that has the current attempt, as the job named it at its launch: an edit of the job moves
    /// only later attempts. Empty: the default engine.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Whether the attempt has exited with 0 and the run of an async job awaits its callback.</summary>
    public bool AwaitsCallback { get; init; }

    /// <summary>Replaces the job's arguments, where a run by hand gave some; null: the job's own.</summary>
    public string? Arguments { get; init; }

    /// <summary>Variables of this run only.</summary>
    public ValueList<EnvironmentVariable> Environment { get; init; }

    /// <summary>Elements processed, as the task reported them; null: none reported.</summary>
    public long? Progress { get; init; }

    /// <summary>For a missed run that stands for several occurrences: the last of them and their number.</summary>
    public MissedRange? Range { get; init; }

    /// <summary>The id of the current attempt.</summary>
    public AttemptId AttemptId => new(Id, Attempt);

    /// <summary>The run in another state.</summary>
    /// <exception cref="InvalidOperationException">The transition is illegal.</exception>
    public Run In(RunState state, string reason = "") => State.CanBecome(state)
        ? this with { State = state, Reason = reason }
        : throw new InvalidOperationException($"Run {Id} cannot go from {State} to {state}.");
}

/// <summary>Several missed occurrences in one record.</summary>
/// <param name="Last">The last of them; the run's nominal time is the first.</param>
/// <param name="Count">How many; null: more than were worth counting.</param>
public sealed record MissedRange(Instant Last, int? Count);

/// <summary>An attempt that has ended.</summary>
public sealed record Attempt
{
    /// <summary>Number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Succeeded, Failed, Killed or Lost.</summary>
    public required RunState Outcome { get; init; }

    /// <summary>When it began to run; null: it never did.</summary>
    public Instant? StartedAt { get; init; }

    /// <summary>When its end was known.</summary>
    public required Instant EndedAt { get; init; }

    /// <summary>Exit code; null: ended by a signal, or unknown.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Number of the signal that ended it.</summary>
    public int? Signal { get; init; }

    /// <summary>What the engine said; empty: nothing.</summary>
    public string Message { get; init; } = "";

    /// <summary>The machine or agent it ran on; empty: unknown.</summary>
    public string Agent { get; init; } = "";
}

/// <summary>What caused a run.</summary>
/// <param name="Kind">The kind of cause.</param>
/// <param name="Detail">Who asked, which parent finished last, or which backfill; empty for a schedule.</param>
public sealed record RunCause(RunCauseKind Kind, string Detail)
{
    /// <summary>The job's schedule.</summary>
    public static readonly RunCause Schedule = new(RunCauseKind.Schedule, "");
}

/// <summary>The kinds of <see cref="RunCause"/>.</summary>
public enum RunCauseKind
{
    /// <summary>An occurrence of the schedule.</summary>
    Schedule,

    /// <summary>The parents have finished.</summary>
    Parents,

    /// <summary>Somebody asked.</summary>
    Manual,

    /// <summary>A backfill.</summary>
    Backfill,

    /// <summary>Somebody repeated an earlier run; the detail is its id.</summary>
    Repeat,
}

/// <summary>A wish to end the current attempt.</summary>
/// <param name="Reason">Why.</param>
/// <param name="By">Who, or what.</param>
/// <param name="At">When.</param>
public sealed record KillRequest(KillReason Reason, string By, Instant At);

/// <summary>Why an attempt is to end.</summary>
public enum KillReason
{
    /// <summary>Somebody asked; no retry follows.</summary>
    User,

    /// <summary>It ran longer than the job's timeout; it counts as failed.</summary>
    Timeout,

    /// <summary>A newer run takes its place.</summary>
    Replaced,

    /// <summary>Its job was deleted.</summary>
    Deleted,
}
