using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;

namespace Chronos.Testing.Engines;

/// <summary>Requests that no scheduler has made.</summary>
public static class LaunchRequests
{
    private static long count;

    /// <summary>A request for a new attempt of a job.</summary>
    public static LaunchRequest For(Job job)
    {
        var nominal = Instant.FromUnixTimeMilliseconds(1_900_000_000_000 + Interlocked.Increment(ref count));
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
