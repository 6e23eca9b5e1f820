using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>What the scheduler knows of a job beyond its definition; owned by the server, durable, immutable.</summary>
public sealed record JobState
{
    private readonly CompactInstant createdAt;
    private readonly CompactInstant updatedAt;
    private readonly CompactInstant anchor;
    private readonly CompactInstant cursor;
    private readonly Rarities rarities = Rarities.None;

    /// <summary>Tells a job from an earlier one of the same name; grows over the life of a cluster.</summary>
    public required long Incarnation { get; init; }

    /// <summary>Grows by one with each change of the definition; the entity tag of the API.</summary>
    public required long Revision { get; init; }

    /// <summary>When the job was first created.</summary>
    public required Instant CreatedAt
    {
        get => createdAt.Value;
        init => createdAt = CompactInstant.Of(value);
    }

    /// <summary>When the definition last changed.</summary>
    public required Instant UpdatedAt
    {
        get => updatedAt.Value;
        init => updatedAt = CompactInstant.Of(value);
    }

    /// <summary>The start of a schedule that has none of its own.</summary>
    public required Instant Anchor
    {
        get => anchor.Value;
        init => anchor = CompactInstant.Of(value);
    }

    /// <summary>Every occurrence at or before this instant is decided.</summary>
    public required Instant Cursor
    {
        get => cursor.Value;
        init => cursor = CompactInstant.Of(value);
    }

    /// <summary>Whether an occurrence of the present schedule has been decided.</summary>
    public bool HasFired { get; init; }

    /// <summary>Numbers of outcomes.</summary>
    public JobCounters Counters { get; init; } = JobCounters.None;

    /// <summary>Why the server disabled the job; empty: it did not.</summary>
    public string DisabledReason
    {
        get => rarities.DisabledReason;
        init => rarities = value == rarities.DisabledReason ? rarities : rarities with { DisabledReason = value };
    }

    /// <summary>Runs that have not ended, oldest first.</summary>
    public ValueList<Run> ActiveRuns { get; init; }

    /// <summary>Parents that have finished since this job's last start, sorted.</summary>
    public ValueList<string> FinishedParents
    {
        get => rarities.FinishedParents;
        init => rarities = value == rarities.FinishedParents ? rarities : rarities with { FinishedParents = value };
    }

    /// <summary>Backfills that have not ended.</summary>
    public ValueList<Backfill> Backfills
    {
        get => rarities.Backfills;
        init => rarities = value == rarities.Backfills ? rarities : rarities with { Backfills = value };
    }

    /// <summary>The latest run that ended; null: none yet.</summary>
    public LastRun? LastRun { get; init; }

    /// <summary>The latest starts by hand that came with an idempotency key, oldest first.</summary>
    public ValueList<KeyedStart> KeyedStarts
    {
        get => rarities.KeyedStarts;
        init => rarities = value == rarities.KeyedStarts ? rarities : rarities with { KeyedStarts = value };
    }

    /// <summary>What most jobs have nothing of, kept apart so that these share one instance.</summary>
    private sealed record Rarities(
        string DisabledReason,
        ValueList<string> FinishedParents,
        ValueList<Backfill> Backfills,
        ValueList<KeyedStart> KeyedStarts)
    {
        public static readonly Rarities None = new("", [], [], []);
    }
}

/// <summary>A start by hand that is not to be repeated.</summary>
/// <param name="KeyHash">Hash of the idempotency key.</param>
/// <param name="Run">The run it gave.</param>
/// <param name="Nominal">Its nominal time.</param>
public sealed record KeyedStart(ulong KeyHash, RunId Run, Instant Nominal);

/// <summary>Numbers of a job's outcomes, as Mesos Chronos shows them: runs, not attempts.</summary>
public sealed record JobCounters
{
    private readonly CompactInstant lastSuccess;
    private readonly CompactInstant lastError;

    /// <summary>Runs that succeeded.</summary>
    public long SuccessCount { get; init; }

    /// <summary>Runs that failed after their last retry.</summary>
    public long ErrorCount { get; init; }

    /// <summary>Failed runs since the last success.</summary>
    public long ErrorsSinceLastSuccess { get; init; }

    /// <summary>When a run last succeeded.</summary>
    public Instant? LastSuccess
    {
        get => lastSuccess.OrNull;
        init => lastSuccess = CompactInstant.Of(value);
    }

    /// <summary>When a run last failed.</summary>
    public Instant? LastError
    {
        get => lastError.OrNull;
        init => lastError = CompactInstant.Of(value);
    }

    /// <summary>A job that never ran.</summary>
    public static readonly JobCounters None = new();
}

/// <summary>A short view of the latest run that ended, for lists.</summary>
public sealed record LastRun
{
    private readonly CompactInstant nominal;
    private readonly CompactInstant startedAt;
    private readonly CompactInstant endedAt;

    /// <summary>The view of a run.</summary>
    public LastRun(RunId id, RunState state, Instant nominal, Instant? startedAt, Instant endedAt)
    {
        Id = id;
        State = state;
        this.nominal = CompactInstant.Of(nominal);
        this.startedAt = CompactInstant.Of(startedAt);
        this.endedAt = CompactInstant.Of(endedAt);
    }

    /// <summary>The run.</summary>
    public RunId Id { get; }

    /// <summary>How it ended.</summary>
    public RunState State { get; }

    /// <summary>Its nominal time.</summary>
    public Instant Nominal => nominal.Value;

    /// <summary>When its last attempt started; null: none did.</summary>
    public Instant? StartedAt => startedAt.OrNull;

    /// <summary>When it ended.</summary>
    public Instant EndedAt => endedAt.Value;
}

/// <summary>Runs for the occurrences of a past or future range, a few at a time.</summary>
/// <param name="Id">Identifies the backfill.</param>
/// <param name="Cursor">Every occurrence at or before this instant has its run.</param>
/// <param name="From">Start of the range, inclusive.</param>
/// <param name="Until">End of the range, exclusive.</param>
/// <param name="Parallelism">How many of its runs may be active.</param>
/// <param name="By">Who asked.</param>
public sealed record Backfill(string Id, Instant Cursor, Instant From, Instant Until, int Parallelism, string By);
