using Chronos.Core.Jobs;
using NodaTime;

namespace Chronos.Core.Runs;

/// <summary>How long to wait before the next attempt.</summary>
public static class RetryDelay
{
    private static readonly Duration Longest = Duration.FromDays(30);

    /// <summary>The delay after attempt <paramref name="attempt"/> failed: delay × factor^(attempt number - 1), at
    /// most the maximum, spread by the jitter, in whole milliseconds. The spread is a hash of the attempt, so that
    /// asking twice gives the same answer.</summary>
    public static Duration After(AttemptId attempt, RunPolicy policy, Duration fallback)
    {
        var first = policy.RetryDelay ?? fallback;
        var max = policy.Backoff.Max ?? Duration.Max(first, Longest); // what the job itself sets is never cut
        var seconds = first.TotalSeconds * Math.Pow(policy.Backoff.Factor, attempt.Number - 1);
        seconds = Math.Min(seconds, max.TotalSeconds); // an infinite power ends here too
        var hash = StableHash.Of(unchecked((ulong)attempt.Run.Value), (ulong)attempt.Number);
        var spread = ((hash >> 11) * (2.0 / (1UL << 53))) - 1; // -1 inclusive to 1 exclusive
        var spreadSeconds = Math.Max(0, seconds * (1 + (policy.Backoff.Jitter * spread)));
        return Duration.FromMilliseconds(Math.Round(1000 * spreadSeconds));
    }
}
