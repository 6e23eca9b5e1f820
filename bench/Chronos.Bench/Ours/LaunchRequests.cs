using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;

namespace Chronos.Bench.Ours;

/// <summary>Requests that no scheduler has made.</summary>
internal static class LaunchRequests
{
    /// <summary>The attempt of a job that has a number.</summary>
    public static LaunchRequest For(Job job, int number)
    {
        var nominal = Instant.FromUnixTimeSeconds(1_700_000_000 + number);
        var run = new Run
        {
            Id = RunId.For(job.Name, 1, nominal, ""),
            Cause = RunCause.Schedule,
            Nominal = nominal,
            CreatedAt = nominal,
            Attempt = 1,
        };
        return new(job, run);
    }
}
