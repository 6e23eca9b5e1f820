using NodaTime;
using NodaTime.TimeZones;

namespace Chronos.Core.Schedules;

/// <summary>How often a wall time exists in its zone.</summary>
internal enum WallExistence
{
    Never,
    Once,
    Twice,
}

/// <summary>
/// Where a wall time lies on the time line. Times are milliseconds since 1970, wall times as if the wall were at UTC.
/// What NodaTime's own mapping says, but without its allocations.
/// </summary>
/// <param name="Existence">Never in a gap, twice in an overlap.</param>
/// <param name="First">The instant, or the first of two; in a gap the instant after moving by the gap's length.</param>
/// <param name="Last">The instant, or the second of two; in a gap the first instant after it.</param>
internal readonly record struct WallMapping(WallExistence Existence, long First, long Last)
{
    public static WallMapping Of(DateTimeZone zone, long wall)
    {
        var guess = zone.GetZoneInterval(Clamp(wall));
        if (Contains(guess, wall))
        {
            if (Before(zone, guess) is { } earlier && Contains(earlier, wall))
            {
                return new(WallExistence.Twice, wall - Offset(earlier), wall - Offset(guess));
            }

            return After(zone, guess) is { } later && Contains(later, wall)
                ? new(WallExistence.Twice, wall - Offset(guess), wall - Offset(later))
                : new(WallExistence.Once, wall - Offset(guess), wall - Offset(guess));
        }

        bool late = guess.HasEnd && wall >= WallEnd(guess);
        var neighbour = late ? After(zone, guess)! : Before(zone, guess)!;
        if (Contains(neighbour, wall))
        {
            return new(WallExistence.Once, wall - Offset(neighbour), wall - Offset(neighbour));
        }

        var beforeGap = late ? guess : neighbour;
        return new(WallExistence.Never, wall - Offset(beforeGap), beforeGap.End.ToUnixTimeMilliseconds());
    }

    public static long Offset(ZoneInterval interval) => interval.WallOffset.Milliseconds;

    private static bool Contains(ZoneInterval interval, long wall) =>
        (!interval.HasStart || wall >= interval.Start.ToUnixTimeMilliseconds() + Offset(interval)) &&
        (!interval.HasEnd || wall < WallEnd(interval));

    private static long WallEnd(ZoneInterval interval) => interval.End.ToUnixTimeMilliseconds() + Offset(interval);

    private static ZoneInterval? Before(DateTimeZone zone, ZoneInterval interval) =>
        interval.HasStart ? zone.GetZoneInterval(interval.Start - Duration.Epsilon) : null;

    private static ZoneInterval? After(DateTimeZone zone, ZoneInterval interval) =>
        interval.HasEnd ? zone.GetZoneInterval(interval.End) : null;

    private static Instant Clamp(long milliseconds) => Instant.FromUnixTimeMilliseconds(
        Math.Clamp(milliseconds, UnixTime.MillisecondsMin, UnixTime.MillisecondsMax));
}
