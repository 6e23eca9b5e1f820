namespace Chronos.Api;

/// <summary>What a bulk put did, or with <c>dryRun</c> would do.</summary>
/// <param name="Created">Jobs that did not exist.</param>
/// <param name="Replaced">Jobs that did, and were defined otherwise.</param>
/// <param name="DryRun">Whether nothing was changed.</param>
/// <param name="Warnings">What the server noticed; the field begins with the job's index, such as
/// <c>[3].command</c>.</param>
public sealed record BulkPutResult(int Created, int Replaced, bool DryRun, IReadOnlyList<RuleViolation> Warnings)
{
    /// <summary>Jobs that were there already with the same definition.</summary>
    public int Unchanged { get; init; }
}

/// <summary>Which jobs a bulk action is for: names or a filter, not both.</summary>
public sealed record BulkActionRequest
{
    /// <summary>The jobs by name.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>The jobs that <c>GET /v1/jobs</c> lists for these filters; an empty filter is refused.</summary>
    public BulkFilter? Filter { get; init; }

    /// <summary>Delete only: refuse, inherit, detach or delete.</summary>
    public string? Cascade { get; init; }

    /// <summary>Disable only: why.</summary>
    public string? Reason { get; init; }
}

/// <summary>The filters of <c>GET /v1/jobs</c> in a body.</summary>
public sealed record BulkFilter
{
    /// <summary>Part of the name.</summary>
    public string? Name { get; init; }

    /// <summary>One of the owners.</summary>
    public string? Owner { get; init; }

    /// <summary><c>key</c> or <c>key=value</c>; all must hold.</summary>
    public IReadOnlyList<string>? Label { get; init; }

    /// <summary>idle, queued or running.</summary>
    public string? State { get; init; }

    /// <summary>State of the latest run that ended, or <c>none</c>.</summary>
    public string? LastRun { get; init; }

    /// <summary>Whether disabled.</summary>
    public bool? Disabled { get; init; }

    /// <summary>One of the parents.</summary>
    public string? Parent { get; init; }

    /// <summary>schedule, parents or manual.</summary>
    public string? Kind { get; init; }

    /// <summary>The engine, also where it is the default.</summary>
    public string? Engine { get; init; }

    /// <summary>Part of name, command or description.</summary>
    public string? Q { get; init; }
}

/// <summary>What became of each job of a bulk action.</summary>
/// <param name="Succeeded">For how many it was done.</param>
/// <param name="Failed">For how many it was not.</param>
/// <param name="Items">One by one, in the order of the request or by name.</param>
public sealed record BulkActionResult(int Succeeded, int Failed, IReadOnlyList<BulkActionItem> Items);

/// <summary>What became of one job of a bulk action.</summary>
/// <param name="Name">The job.</param>
/// <param name="Status">The HTTP status that the single request would have had.</param>
/// <param name="Detail">Why not, where it was not done.</param>
/// <param name="Run">The run, where one was started.</param>
public sealed record BulkActionItem(string Name, int Status, string? Detail, string? Run);

/// <summary>Why a job is disabled.</summary>
/// <param name="Reason">A sentence for people.</param>
public sealed record DisableRequest(string? Reason);
