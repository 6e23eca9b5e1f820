using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Tests.Schedules.Oracle;

/// <summary>
/// Compares calendar intervals with a plain enumeration: every occurrence from the first on, with Noda Time's own date
/// arithmetic and mapping of local times. Starts are chosen so that some occurrences fall on the transition.
/// </summary>
internal static class IsoOracle
{
    private static readonly (string Text, Period Period)[] Periods =
    [
        ("P1D", Period.FromDays(1)), ("P1W", Period.FromWeeks(1)), ("P3D", Period.FromDays(3)),
        ("P1M", Period.FromMonths(1)), ("P1Y", Period.FromYears(1)),
        ("P1M1D", new PeriodBuilder { Months = 1, Days = 1 }.Build()),
    ];

    private static readonly (GapRule? Gap, OverlapRule? Overlap)[] RuleSets =
    [
        (null, null), (GapRule.Next, OverlapRule.Last), (GapRule.Shift, OverlapRule.Both),
        (GapRule.Skip, OverlapRule.First),
    ];

    private static readonly int[] MinutesFromTransition = [-60, -30, 0, 30, 45, 90];

    /// <summary>One line per difference.</summary>
    public static List<string> Compare(DateTimeZone zone, Instant transition)
    {
        var differences = new List<string>();
        int offset = zone.GetUtcOffset(transition - Duration.FromSeconds(1)).Seconds;
        var wall = transition.InUtc().LocalDateTime.PlusSeconds(offset);
        int turn = (int)(transition.ToUnixTimeSeconds() / 3600 & 0xFFFF);
        foreach (int minutes in MinutesFromTransition)
        {
            foreach (var (text, period) in Periods)
            {
                foreach (var rules in RuleSets)
                {
                    // Five has no factor in common with the number of rule sets, so that all combinations turn up.
                    int back = turn++ % 5;
                    var start = Enumerable.Repeat(0, back).Aggregate(wall.PlusMinutes(minutes), (at, _) => at - period);
                    differences.AddRange(Compare(zone, transition, start, text, period, rules));
                }
            }
        }

        return differences;
    }

    private static IEnumerable<string> Compare(DateTimeZone zone, Instant transition, LocalDateTime start, string text,
        Period period, (GapRule? Gap, OverlapRule? Overlap) rules)
    {
        var options = new ScheduleOptions { TimeZone = zone.Id, Gap = rules.Gap, Overlap = rules.Overlap };
        string iso = $"R/{start:uuuu'-'MM'-'dd'T'HH':'mm':'ss}/{text}";
        var schedule = (IsoSchedule)ScheduleParser.Parse(iso, options).Schedule!;
        var end = transition + Duration.FromDays(3);
        var expected = Enumerate(zone, start, period, rules)
            .TakeWhile(group => group.Earliest < end + Duration.FromDays(3))
            .SelectMany(group => group.Due).Where(due => due < end).Distinct().Order().ToList();
        var actual = new List<Instant>();
        var cursor = Instant.MinValue;
        while (schedule.Next(cursor) is { } found && found.At < end)
        {
            cursor = found.At;
            actual.Add(found.At);
            if (schedule.Latest(found.At) != found)
            {
                yield return $"{zone.Id} {iso} {rules}: Latest({found.At}) is {schedule.Latest(found.At)}";
            }
        }

        if (!expected.SequenceEqual(actual))
        {
            yield return $"{zone.Id} {transition} {iso} {rules}: " +
                $"missing [{string.Join(' ', expected.Except(actual).Take(3))}] " +
                $"extra [{string.Join(' ', actual.Except(expected).Take(3))}]";
        }
    }

    private static IEnumerable<(Instant Earliest, IEnumerable<Instant> Due)> Enumerate(
        DateTimeZone zone, LocalDateTime start, Period period, (GapRule? Gap, OverlapRule? Overlap) rules)
    {
        for (int k = 0; ; k++)
        {
            var months = start.PlusMonths(k * (period.Years * 12 + period.Months));
            var mapping = zone.MapLocal(months.PlusDays(k * (period.Weeks * 7 + period.Days)));
            var rough = mapping.LocalDateTime.InUtc().ToInstant() - Duration.FromHours(20);
            yield return (rough, Due(mapping, k == 0, rules));
        }
    }

    private static IEnumerable<Instant> Due(
        NodaTime.TimeZones.ZoneLocalMapping mapping, bool first, (GapRule? Gap, OverlapRule? Overlap) rules)
    {
        var naive = mapping.LocalDateTime.InUtc().ToInstant();
        if (mapping.Count == 0)
        {
            return (rules.Gap ?? (first ? GapRule.Shift : GapRule.Next)) switch
            {
                GapRule.Next => [mapping.LateInterval.Start],
                GapRule.Shift => [naive - Offset(mapping.EarlyInterval)],
                _ => [],
            };
        }

        var early = naive - Offset(mapping.EarlyInterval);
        var late = naive - Offset(mapping.LateInterval);
        return (rules.Overlap ?? OverlapRule.First) switch
        {
            OverlapRule.First => [early],
            OverlapRule.Last => [late],
            _ => [early, late],
        };
    }

    private static Duration Offset(NodaTime.TimeZones.ZoneInterval interval) =>
        Duration.FromSeconds(interval.WallOffset.Seconds);
}
