using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>What the scheduler knows of a job beyond its definition; owned by the server, durable, immutable.</summary>
public sealed record JobState
{
    /// <summary>Tells a job from an earlier one of the same name; grows over the life of a cluster.</summary>
    public required long Incarnation { get; init; }

    /// <summary>Grows by one with each change of the definition; the entity tag of the API.</summary>
    public required long Revision { get; init; }

    /// <summary>When the job was first created.</summary>
    public required Instant CreatedAt { get; init; }

    /// <summary>When the definition last changed.</summary>
    public required Instant UpdatedAt { get; init; }

    /// <summary>The start of a schedule that has none of its own.</summary>
    public required Instant Anchor { get; init; }

    /// <summary>Every occurrence at or before this instant is decided.</summary>
    public required Instant Cursor { get; init; }

    /// <summary>Whether an occurrence of the present schedule has been decided.</summary>
    public bool HasFired { get; init; }

    /// <summary>Numbers of outcomes.</summary>
    public JobCounters Counters { get; init; } = JobCounters.None;

    /// <summary>Why the server disabled the job; empty: it did not.</summary>
    public string DisabledReason { get; init; } = "";

    /// <summary>Runs that have not ended, oldest first.</summary>
    public ValueList<Run> ActiveRuns { get; init; }

    /// <summary>Parents that have finished since this job's last start, sorted.</summary>
    public ValueList<string> FinishedParents { get; init; }

    /// <summary>Backfills that have not ended.</summary>
    public ValueList<Backfill> Backfills { get; init; }

    /// <summary>The latest run that ended; null: none yet.</summary>
    public LastRun? LastRun { get; init; }

    /// <summary>The latest starts by hand that came with an idempotency key, oldest first.</summary>
    public ValueList<KeyedStart> KeyedStarts { get; init; }
}

/// <summary>A start by hand that is not to be repeated.</summary>
/// <param name="KeyHash">Hash of the idempotency key.</param>
/// <param name="Run">The run it gave.</param>
/// <param name="Nominal">Its nominal time.</param>
public sealed record KeyedStart(ulong KeyHash, RunId Run, Instant Nominal);

/// <summary>Numbers of a job's outcomes, as Mesos Chronos shows them: runs, not attempts.</summary>
public sealed record JobCounters
{
    /// <summary>Runs that succeeded.</summary>
    public long SuccessCount { get; init; }

    /// <summary>Runs that failed after their last retry.</summary>
    public long ErrorCount { get; init; }

    /// <summary>Failed runs since the last success.</summary>
    public long ErrorsSinceLastSuccess { get; init; }

    /// <summary>When a run last succeeded.</summary>
    public Instant? LastSuccess { get; init; }

    /// <summary>When a run last failed.</summary>
    public Instant? LastError { get; init; }

    /// <summary>A job that never ran.</summary>
    public static readonly JobCounters None = new();
}

/// <summary>A short view of the latest run that ended, for lists.</summary>
public sealed record LastRun(RunId Id, RunState State, Instant Nominal, Instant? StartedAt, Instant EndedAt);

/// <summary>Runs for the occurrences of a past or future range, a few at a time.</summary>
/// <param name="Id">Identifies the backfill.</param>
/// <param name="Cursor">Every occurrence at or before this instant has its run.</param>
/// <param name="From">Start of the range, inclusive.</param>
/// <param name="Until">End of the range, exclusive.</param>
/// <param name="Parallelism">How many of its runs may be active.</param>
/// <param name="By">Who asked.</param>
public sealed record Backfill(string Id, Instant Cursor, Instant From, Instant Until, int Parallelism, string By);
