using NodaTime;

namespace Chronos.Bench;

/// <summary>The moment at which a measurement begins.</summary>
internal static class MeasureStart
{
    /// <summary>Leaves the memory clean and waits for the moment.</summary>
    /// <exception cref="InvalidOperationException">It is past: preparing took too long.</exception>
    public static async Task WaitUntilAsync(Instant due)
    {
        GC.Collect();
        var left = due - SystemClock.Instance.GetCurrentInstant();
        if (left < Duration.Zero)
            throw new InvalidOperationException("The machine is too busy: what was to be measured was due meanwhile.");
        await Task.Delay(left.ToTimeSpan());
    }
}
