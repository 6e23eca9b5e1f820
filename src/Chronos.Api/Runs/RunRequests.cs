using System.Text.Json;

namespace Chronos.Api;

/// <summary>A run by hand.</summary>
public sealed record StartRunRequest
{
    /// <summary>Replace the job's arguments: one text, or an array of texts; absent: the job's own.</summary>
    public JsonElement? Arguments { get; init; }

    /// <summary>Variables of this run only.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}

/// <summary>The completion callback of an async job.</summary>
/// <param name="StatusCode">0: succeeded; else failed with this code.</param>
/// <param name="Message">What the task says.</param>
public sealed record CompleteRunRequest(int StatusCode, string? Message = null);

/// <summary>Progress of a run.</summary>
/// <param name="Elements">Added to the elements processed so far.</param>
public sealed record ProgressRequest(long Elements);

/// <summary>Which runs to list; what is null does not filter.</summary>
public sealed record RunListQuery
{
    /// <summary>Only of this job.</summary>
    public string? Job { get; init; }

    /// <summary>Only in one of these states.</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>Only with a nominal time at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only with a nominal time before this.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary><c>key=value</c>.</summary>
    public string? Label { get; init; }

    /// <summary>1 to 1000.</summary>
    public int? Limit { get; init; }

    /// <summary><see cref="RunPage.Next"/> of the page before.</summary>
    public string? After { get; init; }
}

/// <summary>What a start by hand gave.</summary>
/// <param name="Run">The run.</param>
/// <param name="IsNew">False: the idempotency key was used before.</param>
public sealed record StartedRun(RunDocument Run, bool IsNew);
