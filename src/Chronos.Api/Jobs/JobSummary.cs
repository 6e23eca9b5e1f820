using System.ComponentModel.DataAnnotations;

namespace Chronos.Api;

/// <summary>A page of jobs.</summary>
/// <param name="Items">The jobs.</param>
/// <param name="Total">How many match on all pages.</param>
/// <param name="Next">Value of <c>after</c> for the next page; absent on the last.</param>
public sealed record JobPage(IReadOnlyList<JobSummary> Items, int Total, string? Next);

/// <summary>A job as lists show it.</summary>
public sealed record JobSummary
{
    /// <summary>Unique name.</summary>
    public required string Name { get; init; }

    /// <summary>Free text.</summary>
    public string Description { get; init; } = "";

    /// <summary>Who is told and responsible.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Their name.</summary>
    public string OwnerName { get; init; } = "";

    /// <summary>Free pairs to filter by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether nothing starts it.</summary>
    public bool Disabled { get; init; }

    /// <summary>Why the server disabled it.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>ISO 8601 repeating interval or cron expression; absent: parents or by hand.</summary>
    public string? Schedule { get; init; }

    /// <summary>IANA zone of the schedule.</summary>
    public string? ScheduleTimeZone { get; init; }

    /// <summary>The jobs that start this one.</summary>
    public IReadOnlyList<string> Parents { get; init; } = [];

    /// <summary>What is run.</summary>
    public string Command { get; init; } = "";

    /// <summary>The engine; empty: the default one.</summary>
    public string Engine { get; init; } = "";

    /// <summary>What the job does now.</summary>
    [AllowedValues("idle", "queued", "running")]
    public string State { get; init; } = "idle";

    /// <summary>Runs that have not ended.</summary>
    public int ActiveRuns { get; init; }

    /// <summary>The next occurrence; absent: none will come, or the job is disabled.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>The latest run that ended.</summary>
    public LastRunSummary? LastRun { get; init; }

    /// <summary>Numbers of outcomes.</summary>
    public Counters Counters { get; init; } = new();

    /// <summary>Grows with each change of the definition; the entity tag.</summary>
    public long Revision { get; init; }

    /// <summary>When the definition last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>The latest run that ended.</summary>
public sealed record LastRunSummary
{
    /// <summary>The run.</summary>
    public required string Id { get; init; }

    /// <summary>How it ended.</summary>
    [AllowedValues("succeeded", "failed", "killed", "skipped", "missed", "lost")]
    public required string State { get; init; }

    /// <summary>The due time.</summary>
    public required DateTimeOffset Nominal { get; init; }

    /// <summary>When its last attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset EndedAt { get; init; }
}

/// <summary>Numbers of outcomes: runs, not attempts.</summary>
public sealed record Counters
{
    /// <summary>Runs that succeeded.</summary>
    public long SuccessCount { get; init; }

    /// <summary>Runs that failed after their last retry.</summary>
    public long ErrorCount { get; init; }

    /// <summary>Failed runs since the last success.</summary>
    public long ErrorsSinceLastSuccess { get; init; }

    /// <summary>When a run last succeeded.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>When a run last failed.</summary>
    public DateTimeOffset? LastError { get; init; }
}
