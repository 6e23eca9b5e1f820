namespace Chronos.Mesos.Client;

/// <summary>How long to wait before another try: the ceiling doubles up to a cap, and the wait is a random part of it,
/// so that many schedulers do not come back at once. Pure.</summary>
internal static class Backoff
{
    /// <param name="failures">Tries that failed in a row; at least 1.</param>
    /// <param name="first">The ceiling of the first wait.</param>
    /// <param name="cap">The highest ceiling.</param>
    /// <param name="random">A number from 0 up to 1.</param>
    /// <returns>From a tenth of the ceiling up to the whole: never a busy loop.</returns>
    internal static TimeSpan Delay(int failures, TimeSpan first, TimeSpan cap, double random)
    {
        var doublings = Math.Min(failures - 1, 30);
        var ceiling = Math.Min(cap.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, doublings));
        return TimeSpan.FromMilliseconds(ceiling * (0.1 + (0.9 * random)));
    }
}
