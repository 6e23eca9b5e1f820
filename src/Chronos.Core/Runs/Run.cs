using Chronos.Core.Jobs;
using NodaTime;

namespace Chronos.Core.Runs;

/// <summary>One execution of a job that was decided. Immutable; a change makes a new instance through
/// <see cref="In"/> or <see cref="Ended"/>, which refuse illegal transitions.</summary>
public sealed record Run
{
    private readonly CompactInstant nominal;
    private readonly CompactInstant createdAt;
    private readonly CompactInstant startedAt;
    private readonly CompactInstant endedAt;
    private readonly Rarities rarities = Rarities.None;

    /// <summary>Identifies the run in a cluster.</summary>
    public required RunId Id { get; init; }

    /// <summary>What caused the run.</summary>
    public required RunCause Cause { get; init; }

    /// <summary>The due time; for a run by hand or by parents the time of the request or completion.</summary>
    public required Instant Nominal
    {
        get => nominal.Value;
        init => nominal = CompactInstant.Of(value);
    }

    /// <summary>When the run was decided.</summary>
    public required Instant CreatedAt
    {
        get => createdAt.Value;
        init => createdAt = CompactInstant.Of(value);
    }

    /// <summary>Where the run stands.</summary>
    public RunState State { get; init; } = RunState.Queued;

    /// <summary>Why the run is in its state, as a sentence for people; empty where the state says it all.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Number of the current attempt, from 1; 0 before the first launch was decided.</summary>
    public int Attempt { get; init; }

    /// <summary>When the current attempt began to run.</summary>
    public Instant? StartedAt
    {
        get => startedAt.OrNull;
        init => startedAt = CompactInstant.Of(value);
    }

    /// <summary>When the run reached its final state.</summary>
    public Instant? EndedAt
    {
        get => endedAt.OrNull;
        init => endedAt = CompactInstant.Of(value);
    }

    /// <summary>When the next attempt is due, while the run waits for a retry.</summary>
    public Instant? RetryAt
    {
        get => rarities.RetryAt;
        init => rarities = value == rarities.RetryAt ? rarities : rarities with { RetryAt = value };
    }

    /// <summary>Attempts that have ended, in order.</summary>
    public ValueList<Attempt> Attempts { get; init; }

    /// <summary>Set once someone or something wants the current attempt to end.</summary>
    public KillRequest? Kill
    {
        get => rarities.Kill;
        init => rarities = value == rarities.Kill ? rarities : rarities with { Kill = value };
    }

    /// <summary>The machine or agent of the current attempt; empty: unknown.</summary>
    public string Agent { get; init; } = "";

    /// <summary>The engine that has the current attempt, as the job named it at its launch: an edit of the job moves
    /// only later attempts. Empty: the default engine.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Whether the attempt has exited with 0 and the run of an async job awaits its callback.</summary>
    public bool AwaitsCallback { get; init; }

    /// <summary>Replaces the job's arguments, where a run by hand gave some; null: the job's own.</summary>
    public string? Arguments
    {
        get => rarities.Arguments;
        init => rarities = value == rarities.Arguments ? rarities : rarities with { Arguments = value };
    }

    /// <summary>Variables of this run only.</summary>
    public ValueList<EnvironmentVariable> Environment
    {
        get => rarities.Environment;
        init => rarities = value == rarities.Environment ? rarities : rarities with { Environment = value };
    }

    /// <summary>Elements processed, as the task reported them; null: none reported.</summary>
    public long? Progress
    {
        get => rarities.Progress;
        init => rarities = value == rarities.Progress ? rarities : rarities with { Progress = value };
    }

    /// <summary>For a missed run that stands for several occurrences: the last of them and their number.</summary>
    public MissedRange? Range
    {
        get => rarities.Range;
        init => rarities = value == rarities.Range ? rarities : rarities with { Range = value };
    }

    /// <summary>The id of the current attempt.</summary>
    public AttemptId AttemptId => new(Id, Attempt);

    /// <summary>The run in another state.</summary>
    /// <exception cref="InvalidOperationException">The transition is illegal.</exception>
    public Run In(RunState state, string reason = "") => State.CanBecome(state)
        ? this with { State = state, Reason = reason }
        : throw Illegal(state);

    /// <summary>The run in a final state.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="reason">Why, as a sentence for people; empty where the outcome says it all.</param>
    /// <param name="at">When.</param>
    /// <param name="last">What became of its current attempt; null: that is told already, or there was none.</param>
    /// <exception cref="InvalidOperationException">The transition is illegal.</exception>
    public Run Ended(RunState outcome, string reason, Instant at, Attempt? last = null) => State.CanBecome(outcome)
        ? this with
        {
            State = outcome,
            Reason = reason,
            Attempts = last is null ? Attempts : Attempts.Add(last),
            StartedAt = last is null ? StartedAt : last.StartedAt,
            EndedAt = at,
            RetryAt = null,
            AwaitsCallback = false,
        }
        : throw Illegal(outcome);

    private InvalidOperationException Illegal(RunState state) => new($"Run {Id} cannot go from {State} to {state}.");

    /// <summary>What most runs have nothing of, kept apart so that these share one instance.</summary>
    private sealed record Rarities(
        Instant? RetryAt,
        KillRequest? Kill,
        string? Arguments,
        ValueList<EnvironmentVariable> Environment,
        long? Progress,
        MissedRange? Range)
    {
        public static readonly Rarities None = new(null, null, null, [], null, null);
    }
}

/// <summary>Several missed occurrences in one record.</summary>
/// <param name="Last">The last of them; the run's nominal time is the first.</param>
/// <param name="Count">How many; null: more than were worth counting.</param>
public sealed record MissedRange(Instant Last, int? Count);

/// <summary>An attempt that has ended.</summary>
public sealed record Attempt
{
    private readonly CompactInstant startedAt;
    private readonly CompactInstant endedAt;

    /// <summary>Number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>Succeeded, Failed, Killed or Lost.</summary>
    public required RunState Outcome { get; init; }

    /// <summary>When it began to run; null: it never did.</summary>
    public Instant? StartedAt
    {
        get => startedAt.OrNull;
        init => startedAt = CompactInstant.Of(value);
    }

    /// <summary>When its end was known.</summary>
    public required Instant EndedAt
    {
        get => endedAt.Value;
        init => endedAt = CompactInstant.Of(value);
    }

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
