namespace Chronos.Cluster.Tests.Faults;

/// <summary>What is to go wrong, and for how long.</summary>
internal sealed record FaultPlan
{
    /// <summary>What goes wrong, in turn.</summary>
    public IReadOnlyList<Fault> Kinds { get; init; } = Fault.All;

    /// <summary>How many faults.</summary>
    public int Rounds { get; init; } = Fault.All.Count;

    /// <summary>How many jobs.</summary>
    public int Jobs { get; init; } = 40;

    /// <summary>How long a pause lasts.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Between two faults, at most.</summary>
    public TimeSpan Calm { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How late a start may be beyond the time for which nothing could be decided.</summary>
    public TimeSpan Tolerance { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>No fault begins after so long.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(10);
}
