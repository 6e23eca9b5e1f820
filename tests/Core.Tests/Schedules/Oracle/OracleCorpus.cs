using NodaTime;

namespace Chronos.Core.Tests.Schedules.Oracle;

/// <summary>
/// The expressions that are compared, made by combining times of day with days, and some picked by hand.
/// </summary>
internal static class OracleCorpus
{
    private static readonly string[] Minutes =
        ["0", "30", "15,45", "*", "*/5", "*/15", "1-20/7", "59", "0,29,30,31"];

    private static readonly string[] Hours = ["2", "0", "1", "3,23", "*", "*/2", "1-3", "22-2"];

    private static readonly string[] Days =
        ["* * *", "* * SUN", "* 3,4,9,10 *", "L * *", "*/2 * 1-5", "1,15 * 6", "? * SUN#2,0L", "15W,LW * ?"];

    private static readonly string[] PickedByHand =
    [
        "0 0 1 1 *", "0 0 * * 0", "30 0 L-3 * *", "0 0 29 2 *", "45 1 31 * *", "0 12 1-7 * MON", "59 23 * * 5-7",
        "0 0 1-10/3 JAN-MAR,OCT-DEC *", "*/30 0-23/3 * * FRI-MON", "7/20 2/6 * * *", "0 0 1W * *", "30 2 28-3 * *",
        "30 1,2,3 * * SAT,SUN", "0,1 0,1,2,3 * * *", "15 2-2 * * *", "*/60 2 * * *", "0 0 * * MON#1,MON#3",
    ];

    private static readonly string[] WithSeconds =
    [
        "* * * * * *", "*/7 * * * * *", "0 * * * * *", "30 */10 * * * ?", "0 30 2 * * ?", "15,45 0 1,2,3 * * *",
        "59 59 * * * *", "*/20 30 0-4 * * *", "1-10/3 */15 * * * * 1970-2099", "0 0 2 ? * SUN 1971/2", "10 0 0 * * *",
        "59 59 23 L * ?", "0/30 0/20 1/1 * * *",
    ];

    /// <summary>All expressions, in an order that mixes them, so that a prefix is a fair sample.</summary>
    public static IReadOnlyList<OracleExpression> Expressions { get; } =
    [
        .. WithSeconds.Concat(PickedByHand).Concat(Mixed(
            from day in Days from hour in Hours from minute in Minutes select $"{minute} {hour} {day}"))
            .Select(text => new OracleExpression(text)),
    ];

    /// <summary>Ids that are not mere aliases of another, in order.</summary>
    public static IReadOnlyList<string> ZoneIds { get; } =
    [
        .. NodaTime.TimeZones.TzdbDateTimeZoneSource.Default.CanonicalIdMap.Values.Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>All changes of a zone's rules from 1970 to 2037, also those that leave the wall clock alone.</summary>
    public static IEnumerable<Instant> Transitions(DateTimeZone zone) =>
        zone.GetZoneIntervals(new Interval(Instant.FromUtc(1970, 1, 1, 0, 0), Instant.FromUtc(2038, 1, 1, 0, 0)))
            .Where(interval => interval.HasStart && interval.Start > Instant.FromUtc(1970, 1, 1, 0, 0))
            .Select(interval => interval.Start);

    private static IEnumerable<string> Mixed(IEnumerable<string> expressions)
    {
        string[] ordered = [.. expressions];
        // A prime stride that does not divide the number of combinations visits each of them once.
        return Enumerable.Range(0, ordered.Length).Select(index => ordered[index * 211 % ordered.Length]);
    }
}
