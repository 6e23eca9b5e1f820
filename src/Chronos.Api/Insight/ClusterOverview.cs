namespace Chronos.Api;

/// <summary>How all jobs do, in numbers.</summary>
public sealed record ClusterOverview
{
    /// <summary>The server's clock when it counted.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long the most overdue decision waits.</summary>
    public required TimeSpan OverdueFor { get; init; }

    /// <summary>Number of jobs.</summary>
    public required int Jobs { get; init; }

    /// <summary>Jobs that nothing starts.</summary>
    public required int Disabled { get; init; }

    /// <summary>Runs that are started or running.</summary>
    public required int RunningRuns { get; init; }

    /// <summary>Runs that wait.</summary>
    public required int QueuedRuns { get; init; }

    /// <summary>Jobs by how their latest run ended; <c>none</c>: never ran.</summary>
    public required IReadOnlyDictionary<string, int> LastRuns { get; init; }

    /// <summary>The latest runs that ended, at most 1000, taken together.</summary>
    public required RunStatistics Recent { get; init; }
}
