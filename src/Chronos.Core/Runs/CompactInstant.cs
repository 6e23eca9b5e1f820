using NodaTime;

namespace Chronos.Core.Runs;

/// <summary>An instant or none in eight bytes, where <see cref="Instant"/> takes sixteen and its nullable form
/// twenty-four: a server keeps several for each of a million jobs. Counts ticks of 100 ns, the resolution of clocks and
/// of the due queue; a part of a tick is cut off. The default value is none.</summary>
internal readonly record struct CompactInstant
{
    private readonly long bits; // 0 is none, so the sign bit is kept inverted

    private CompactInstant(Instant value) => bits = value.ToUnixTimeTicks() ^ long.MinValue;

    /// <summary>The instant, or null.</summary>
    public Instant? OrNull => bits == 0 ? null : Value;

    /// <summary>The instant; meaningless where there is none.</summary>
    public Instant Value => Instant.FromUnixTimeTicks(bits ^ long.MinValue);

    public static CompactInstant Of(Instant value) => new(value);

    public static CompactInstant Of(Instant? value) => value is { } instant ? new(instant) : default;
}
