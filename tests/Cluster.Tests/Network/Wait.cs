using System.Diagnostics;

namespace Chronos.Cluster.Tests.Network;

/// <summary>Waits that end: what does not happen in time fails with a reason.</summary>
internal static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Looks again and again until something holds.</summary>
    /// <param name="condition">Whether it holds.</param>
    /// <param name="failure">What did not happen; told when it takes longer than 60 s.</param>
    /// <exception cref="TimeoutException">It does not hold.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> failure)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"Within {Patience.TotalSeconds} s: {failure()}");
            await Task.Delay(Pause);
        }
    }
}
