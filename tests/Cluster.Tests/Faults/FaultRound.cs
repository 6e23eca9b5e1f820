namespace Chronos.Cluster.Tests.Faults;

/// <summary>A fault that was. Times are those of <see cref="Jobs.Uptime"/>.</summary>
/// <param name="Fault">Which.</param>
/// <param name="Began">When it began.</param>
/// <param name="Recovered">When changes were carried out again.</param>
/// <param name="Steady">From when on no other node took over.</param>
/// <param name="Ended">When it was mended and all nodes agreed again.</param>
internal sealed record FaultRound(Fault Fault, double Began, double Recovered, double Steady, double Ended)
{
    /// <summary>Whether a second change of leaders followed.</summary>
    public bool IsUnsteady => Steady > Recovered;

    /// <summary>For how long nothing was decided, at most.</summary>
    public double Outage => Recovered - Began;
}
