using NodaTime;

namespace Chronos.Simulation.Cluster;

/// <summary>The clock of one machine: it differs from true time by an offset, runs too fast or too slow, and is set
/// now and then.</summary>
internal sealed class NodeClock(SimulatedTime time) : IClock
{
    private Instant since = time.Now;
    private Duration offset;
    private int drift; // microseconds a second

    /// <summary>How often it was set; times on both sides of that do not compare.</summary>
    public int SetCount { get; private set; }

    /// <summary>The latest time it ever showed.</summary>
    public Instant Highest { get; private set; } = time.Now;

    /// <inheritdoc/>
    public Instant GetCurrentInstant()
    {
        var elapsed = (time.Now - since).BclCompatibleTicks;
        var shown = time.Now + offset + Duration.FromTicks(elapsed * drift / 1_000_000);
        Highest = Instant.Max(Highest, shown);
        return shown;
    }

    /// <summary>Sets it to differ from true time by <paramref name="newOffset"/>, and to drift from there.</summary>
    public void Set(Duration newOffset, int newDrift)
    {
        GetCurrentInstant();
        (since, offset, drift) = (time.Now, newOffset, newDrift);
        SetCount++;
    }

    /// <summary>How long until it shows <paramref name="shown"/>, if nobody sets it.</summary>
    public Duration Until(Instant shown)
    {
        var wait = shown - GetCurrentInstant();
        if (wait <= Duration.Zero) return Duration.Zero;
        return drift <= 0 ? wait : wait - Duration.FromTicks(wait.BclCompatibleTicks / 1_000_000 * drift);
    }
}
