using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Chronos.Api;

/// <summary>A job as <c>GET /v1/jobs/{name}</c> gives it: the fields of the definition, and beside them the member
/// <c>status</c>, which the server owns and ignores in requests.</summary>
/// <param name="Definition">The definition without <c>status</c>; may be put again as it is.</param>
/// <param name="Status">What the server knows.</param>
/// <param name="ETag">For <c>If-Match</c>.</param>
/// <param name="Created">Whether the answered request created the job.</param>
public sealed record JobDocument(JsonObject Definition, JobStatus Status, string ETag, bool Created);

/// <summary>The part of a job's document that the server owns.</summary>
public sealed record JobStatusEnvelope(JobStatus Status);

/// <summary>What the server knows of a job beyond its definition.</summary>
public sealed record JobStatus
{
    /// <summary>What the job does now.</summary>
    [AllowedValues("idle", "queued", "running")]
    public string State { get; init; } = "idle";

    /// <summary>Grows with each change of the definition; the entity tag.</summary>
    public long Revision { get; init; }

    /// <summary>When the job was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the definition last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Why the server disabled the job.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>The next occurrence.</summary>
    public OccurrenceDocument? Next { get; init; }

    /// <summary>Runs that have not ended, oldest first.</summary>
    public IReadOnlyList<RunDocument> ActiveRuns { get; init; } = [];

    /// <summary>The latest run that ended.</summary>
    public LastRunSummary? LastRun { get; init; }

    /// <summary>Numbers of outcomes.</summary>
    public Counters Counters { get; init; } = new();

    /// <summary>Parents that have finished since the job's last start.</summary>
    public IReadOnlyList<string> FinishedParents { get; init; } = [];

    /// <summary>Jobs that this one starts.</summary>
    public IReadOnlyList<string> Children { get; init; } = [];

    /// <summary>Backfills that have not ended.</summary>
    public IReadOnlyList<BackfillDocument> Backfills { get; init; } = [];

    /// <summary>The engine that runs the job.</summary>
    public string Engine { get; init; } = "";

    /// <summary>How that engine enforces limits, as sentences.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];

    /// <summary>What the server noticed in the definition just sent; only in answers to changes.</summary>
    public IReadOnlyList<RuleViolation>? Warnings { get; init; }
}

/// <summary>Which jobs to list; what is null does not filter.</summary>
public sealed record JobQuery
{
    /// <summary>Part of the name.</summary>
    public string? Name { get; init; }

    /// <summary>One of the owners.</summary>
    public string? Owner { get; init; }

    /// <summary><c>key</c> or <c>key=value</c>; all must hold.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>idle, queued or running.</summary>
    public string? State { get; init; }

    /// <summary>State of the latest run that ended, or <c>none</c>.</summary>
    public string? LastRun { get; init; }

    /// <summary>Whether disabled.</summary>
    public bool? Disabled { get; init; }

    /// <summary>One of the parents.</summary>
    public string? Parent { get; init; }

    /// <summary>Part of name, command or description, in any case.</summary>
    public string? Text { get; init; }

    /// <summary>name, owner, state, next, lastRun, updated, success or errors; after <c>-</c> descending.</summary>
    public string? Sort { get; init; }

    /// <summary>1 to 1000.</summary>
    public int? Limit { get; init; }

    /// <summary><see cref="JobPage.Next"/> of the page before.</summary>
    public string? After { get; init; }
}
