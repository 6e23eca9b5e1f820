namespace Chronos.Api;

/// <summary>Runs that ended, taken together.</summary>
public sealed record RunStatistics
{
    /// <summary>How many runs were looked at: the latest 1000 at most.</summary>
    public required int Runs { get; init; }

    /// <summary>Due time of the oldest; absent: there is none.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Number of runs by how they ended.</summary>
    public required IReadOnlyDictionary<string, int> Outcomes { get; init; }

    /// <summary>Share of successes among those that succeeded or failed, 0 to 1; absent: none did.</summary>
    public double? SuccessRate { get; init; }

    /// <summary>Seconds that last attempts took; absent: none ran.</summary>
    public Percentiles? Duration { get; init; }

    /// <summary>Seconds from the due time to the first start; absent: none started.</summary>
    public Percentiles? Waiting { get; init; }
}

/// <summary>How values are spread.</summary>
public sealed record Percentiles(double Mean, double P50, double P75, double P95, double P99, double Max);

/// <summary>Which jobs' latest runs are asked for.</summary>
public sealed record RecentRunsRequest
{
    /// <summary>At most 200 jobs by name.</summary>
    public IReadOnlyList<string>? Jobs { get; init; }

    /// <summary>How many of each, 1 to 50; default 12.</summary>
    public int? Count { get; init; }
}

/// <summary>The latest runs of several jobs, in the order of the request.</summary>
public sealed record RecentRunsList(IReadOnlyList<RecentRuns> Items);

/// <summary>The latest runs of a job that ended.</summary>
/// <param name="Job">The job.</param>
/// <param name="Runs">Newest first.</param>
public sealed record RecentRuns(string Job, IReadOnlyList<LastRunSummary> Runs);
