using NodaTime;

namespace Chronos.Server.Tests.Compatibility;

/// <summary>A clock that stands until it is set.</summary>
internal sealed class SettableClock(Instant start) : IClock
{
    private long ticks = start.ToUnixTimeTicks();

    public Instant GetCurrentInstant() => Instant.FromUnixTimeTicks(Interlocked.Read(ref ticks));

    public void Advance(Duration by) => Interlocked.Add(ref ticks, (long)by.TotalTicks);
}
