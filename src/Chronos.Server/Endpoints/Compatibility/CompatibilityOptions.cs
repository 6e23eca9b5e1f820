namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>How the API of Mesos Chronos answers.</summary>
public sealed class CompatibilityOptions
{
    /// <summary>Most attempts in the history of one job; Chronos called it <c>--job_history_limit</c>.
    /// Default 5.</summary>
    public int JobHistoryLimit { get; set; } = 5;

    /// <summary><c>host:port</c> at which the leader answers; empty (default): the host the client asked.</summary>
    public string LeaderAddress { get; set; } = "";

    /// <summary>Most jobs with counters of their own in <c>/metrics</c>; the totals count all. Default 1000.</summary>
    public int MetricsJobLimit { get; set; } = 1000;
}
