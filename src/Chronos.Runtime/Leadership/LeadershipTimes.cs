namespace Chronos.Runtime.Leadership;

/// <summary>The times of a leadership, all as parts of the lease.</summary>
/// <param name="Lease">For how long the store grants nobody else a term, counted from the start of a renewal.</param>
public sealed record LeadershipTimes(TimeSpan Lease)
{
    /// <summary>For how long a node trusts a renewal, counted from its start. The rest of the lease pays for clocks
    /// that do not run equally fast.</summary>
    public TimeSpan Trust { get; } = Lease * 0.95;

    /// <summary>From the start of a renewal that succeeded to the next.</summary>
    public TimeSpan RenewalInterval { get; } = Lease / 5;

    /// <summary>From a renewal or campaign that failed to the next.</summary>
    public TimeSpan RetryPause { get; } = AtMost(Lease / 20, TimeSpan.FromSeconds(1));

    /// <summary>After which a renewal without an answer is given up, so that another can be tried within the trust.
    /// </summary>
    public TimeSpan RenewalTimeout { get; } = AtMost(Lease / 4, TimeSpan.FromMinutes(1));

    private static TimeSpan AtMost(TimeSpan time, TimeSpan limit) => time < limit ? time : limit;
}
