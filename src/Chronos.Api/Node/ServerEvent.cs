using System.ComponentModel.DataAnnotations;

namespace Chronos.Api;

/// <summary>Something that just happened.</summary>
public sealed record ServerEvent
{
    /// <summary>Grows by one with each event of this process; the id of the server-sent event.</summary>
    public required long Sequence { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What.</summary>
    [AllowedValues("jobPut", "jobDeleted", "runChanged")]
    public required string Kind { get; init; }

    /// <summary>The job.</summary>
    public required string Job { get; init; }

    /// <summary>The run, where it is about one.</summary>
    public RunDocument? Run { get; init; }
}

/// <summary>A page of the audit log.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">Value of <c>after</c> for the next page; absent on the last.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Items, string? Next);

/// <summary>Who changed what.</summary>
public sealed record AuditEntry
{
    /// <summary>Unique and growing.</summary>
    public required string Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The job.</summary>
    public required string Job { get; init; }

    /// <summary>What.</summary>
    public required string Kind { get; init; }

    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>From where; absent: inside the server.</summary>
    public string? Address { get; init; }

    /// <summary>More, as a sentence.</summary>
    public string? Detail { get; init; }
}

/// <summary>A page of decisions.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">Value of <c>after</c> for the next page; absent on the last.</param>
public sealed record DecisionPage(IReadOnlyList<Decision> Items, string? Next);

/// <summary>One thing that was decided about a job, told to people.</summary>
public sealed record Decision
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>State of the run, or kind of the event.</summary>
    public required string Kind { get; init; }

    /// <summary>The run, where it is about one.</summary>
    public string? Run { get; init; }
}
