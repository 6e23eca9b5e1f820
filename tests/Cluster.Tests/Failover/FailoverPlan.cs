namespace Chronos.Cluster.Tests.Failover;

/// <summary>How often the lead changes, and with how much state.</summary>
internal sealed record FailoverPlan
{
    /// <summary>Leaders that are killed, and leaders that are told to stop.</summary>
    public int Rounds { get; init; } = 20;

    /// <summary>Jobs in the state.</summary>
    public int Jobs { get; init; } = 100_000;

    /// <summary>No round begins after so long.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(30);
}
