using System.Globalization;

namespace Chronos.Cluster.Tests.Jobs;

/// <summary>A job of the test: it writes its start and its end into a file that all nodes share.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Seconds until the first occurrence.</param>
/// <param name="Period">Seconds from one occurrence to the next.</param>
/// <param name="Missed">Its policy for what was due while nobody could decide.</param>
/// <param name="Overlap">Its policy for a start while it runs.</param>
/// <param name="RunsInDoubt">Whether it runs again when nobody knows whether it ran.</param>
/// <param name="Seconds">How long it runs.</param>
internal sealed record PlannedJob(
    string Name, int Offset, int Period, string Missed, string Overlap, bool RunsInDoubt, double Seconds)
{
    /// <summary>How late the job may be decided without counting as missed.</summary>
    public const int EpsilonSeconds = 2;

    private const int LateRunsMax = 10_000; // as many as may be; what fell due in an outage is to run

    /// <summary>The first occurrence of a plan that starts then.</summary>
    public DateTimeOffset First(DateTimeOffset start) => start.AddSeconds(Offset);

    public object Definition(DateTimeOffset start, string journal) => new
    {
        name = Name,
        schedule = string.Create(CultureInfo.InvariantCulture, $"R/{First(start):yyyy-MM-ddTHH:mm:ssZ}/PT{Period}S"),
        command = Uptime.ShellRead + $"; echo \"s $CHRONOS_ATTEMPT_ID $CHRONOS_JOB_NAME $CHRONOS_NOMINAL_TIME $t\" "
            + $">>{journal}" + (Seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"; sleep {Seconds}") : "")
            + $"; {Uptime.ShellRead}; echo \"e $CHRONOS_ATTEMPT_ID $t\" >>{journal}",
        cpus = 0.01,
        mem = 1,
        epsilon = $"PT{EpsilonSeconds}S",
        missed = Missed == "all" ? new { mode = Missed, limit = LateRunsMax } : (object)Missed,
        concurrency = Overlap,
        onDoubt = RunsInDoubt ? "run" : "skip",
        retries = RunsInDoubt ? 3 : 0,
        retryDelay = "100ms",
    };
}

/// <summary>Jobs with all policies in turn.</summary>
internal sealed class JobPlan
{
    // Two processors start four times as many beside three nodes and a store; the rest makes up soon for what fell due
    // while nobody led.
    private const double StartsPerSecondMax = 60;
    private static readonly string[] MissedWords = ["none", "latest", "all"];
    private static readonly string[] OverlapWords = ["allow", "skip", "queue"];

    public JobPlan(int count)
    {
        var period = (int)Math.Ceiling(count / StartsPerSecondMax);
        Jobs = [.. Enumerable.Range(0, count).Select(i => new PlannedJob(
            string.Create(CultureInfo.InvariantCulture, $"job-{i:0000}"), i / 18 % period, period + (i % 2),
            MissedWords[i % 3], OverlapWords[i / 3 % 3], i / 9 % 2 == 1, SecondsOf(i, period)))];
    }

    public IReadOnlyList<PlannedJob> Jobs { get; }

    // Some run longer than their period, so that overlap is there to be forbidden; those that queue would never catch
    // up.
    private static double SecondsOf(int i, int period) => i % 10 == 0 ? OverlapWords[i / 3 % 3] switch
    {
        "queue" => 0.1,
        "skip" => period < 2 ? 1.3 : 0.5,
        _ => 0.5,
    } : 0;
}
