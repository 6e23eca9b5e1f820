using System.ComponentModel.DataAnnotations;

namespace Chronos.Api;

/// <summary>A page of runs.</summary>
/// <param name="Items">The runs: those that have not ended first, then by descending nominal time.</param>
/// <param name="Next">Value of <c>after</c> for the next page; absent on the last.</param>
public sealed record RunPage(IReadOnlyList<RunDocument> Items, string? Next);

/// <summary>One execution of a job that was decided.</summary>
public sealed record RunDocument
{
    /// <summary>Identifies the run.</summary>
    public required string Id { get; init; }

    /// <summary>Its job.</summary>
    public required string Job { get; init; }

    /// <summary>Where it stands.</summary>
    [AllowedValues("queued", "starting", "running", "succeeded", "failed", "killed", "skipped", "missed", "lost")]
    public required string State { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>What caused it.</summary>
    public required RunCauseDocument Cause { get; init; }

    /// <summary>The due time.</summary>
    public required DateTimeOffset Nominal { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the current or last attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the run ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the next attempt is due.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Number of the current attempt, from 1; 0: none yet.</summary>
    public int Attempt { get; init; }

    /// <summary>Attempts that have ended.</summary>
    public IReadOnlyList<AttemptDocument> Attempts { get; init; } = [];

    /// <summary>The wish to end it.</summary>
    public KillDocument? Kill { get; init; }

    /// <summary>The machine or agent.</summary>
    public string? Agent { get; init; }

    /// <summary>Whether the completion callback is awaited.</summary>
    public bool AwaitsCallback { get; init; }

    /// <summary>Arguments of this run, where it has its own.</summary>
    public string? Arguments { get; init; }

    /// <summary>Variables of this run only.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Elements processed, as reported.</summary>
    public long? Progress { get; init; }

    /// <summary>The last of several missed occurrences in one run.</summary>
    public DateTimeOffset? MissedUntil { get; init; }

    /// <summary>How many missed occurrences the run stands for.</summary>
    public int? MissedCount { get; init; }
}

/// <summary>What caused a run.</summary>
public sealed record RunCauseDocument
{
    /// <summary>The kind of cause.</summary>
    [AllowedValues("schedule", "parents", "manual", "backfill", "repeat")]
    public required string Kind { get; init; }

    /// <summary>Who asked, which parent finished last, which backfill, or which run is repeated.</summary>
    public string? Detail { get; init; }
}

/// <summary>An attempt that has ended.</summary>
public sealed record AttemptDocument
{
    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    /// <summary>How it ended.</summary>
    [AllowedValues("succeeded", "failed", "killed", "lost")]
    public required string Outcome { get; init; }

    /// <summary>When it began; absent: it never did.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its end was known.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Exit code.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Signal that ended it.</summary>
    public int? Signal { get; init; }

    /// <summary>What the engine said.</summary>
    public string? Message { get; init; }

    /// <summary>The machine or agent.</summary>
    public string? Agent { get; init; }
}

/// <summary>A wish to end a run.</summary>
public sealed record KillDocument
{
    /// <summary>Why.</summary>
    [AllowedValues("user", "timeout", "replaced", "deleted")]
    public required string Reason { get; init; }

    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
