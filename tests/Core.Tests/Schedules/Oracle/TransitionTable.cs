using System.Globalization;
using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Tests.Schedules.Oracle;

/// <summary>
/// Every wall time around one transition of a zone, found by walking through the instants and looking at the clock at
/// each: which wall times appear once, twice or never follows from what was seen. Nothing is computed from zone rules.
/// </summary>
internal sealed class TransitionTable
{
    private readonly record struct Row(long Wall, long First, long Last, bool InGap, LocalDate Date, int SecondOfDay);

    private readonly List<Row> rows = [];

    private TransitionTable(Instant transition, long reach) => (Transition, Reach) = (transition, reach);

    public Instant Transition { get; }

    /// <summary>Occurrences are compared this many seconds before and after the transition.</summary>
    public long Reach { get; }

    /// <summary>
    /// Transitions that look alike on the wall clock have the same answers relative to the transition; most zones share
    /// theirs with others, which is what makes sweeping all zones affordable.
    /// </summary>
    public static string Shape(DateTimeZone zone, Instant transition, long reach)
    {
        long walk = 2 * reach + 3600;
        var window = new Interval(transition - Duration.FromSeconds(walk), transition + Duration.FromSeconds(walk));
        var changes = zone.GetZoneIntervals(window).Select(interval => string.Create(CultureInfo.InvariantCulture,
            $"{(interval.HasStart && interval.Start > window.Start ? (interval.Start - transition).TotalSeconds : 0)}" +
            $":{interval.WallOffset.Seconds - OffsetBefore(zone, transition)}"));
        long wall = transition.ToUnixTimeSeconds() + OffsetBefore(zone, transition);
        return wall.ToString(CultureInfo.InvariantCulture) + "|" + string.Join(',', changes);
    }

    /// <param name="zone">The zone to walk through.</param>
    /// <param name="transition">The middle of the walk.</param>
    /// <param name="step">60 to look at whole minutes of the wall clock only, 1 for every second.</param>
    /// <param name="reach">See <see cref="Reach"/>; must exceed the length of the gap or overlap.</param>
    public static TransitionTable Walk(DateTimeZone zone, Instant transition, int step, long reach)
    {
        var table = new TransitionTable(transition, reach);
        var seen = new Dictionary<long, (long First, long Last)>();
        long at = transition.ToUnixTimeSeconds() - 2 * reach;
        long end = transition.ToUnixTimeSeconds() + 2 * reach;
        long previousAt = long.MinValue;
        while (at < end)
        {
            long wall = at + Offset(zone, at);
            if (wall % step != 0)
            {
                at++;
                continue;
            }

            seen[wall] = seen.TryGetValue(wall, out var copies) ? (copies.First, at) : (at, at);
            if (previousAt != long.MinValue && wall > previousAt + Offset(zone, previousAt) + step)
            {
                table.AddGap(zone, previousAt, step);
            }

            previousAt = at;
            // Steps are cut short where the clock changes, so that no aligned wall time is jumped over.
            at = Offset(zone, at + step) == Offset(zone, at) ? at + step : at + 1;
        }

        foreach (var (wall, copies) in seen)
        {
            table.Add(wall, copies.First, copies.Last, inGap: false);
        }

        table.rows.Sort((left, right) => left.Wall.CompareTo(right.Wall));
        return table;
    }

    /// <summary>
    /// What should be due within reach, in order: seconds from the transition, and where it was shifted from.
    /// </summary>
    public List<(long At, long? ShiftedFrom)> Expected(OracleExpression expression, GapRule? gap, OverlapRule? overlap)
    {
        var gapRule = gap ?? (expression.IsFlowing ? GapRule.Skip : GapRule.Next);
        var overlapRule = overlap ?? (expression.IsFlowing ? OverlapRule.Both : OverlapRule.First);
        var due = new List<(long At, long? ShiftedFrom)>();
        foreach (var row in rows)
        {
            int second = row.SecondOfDay;
            if (!expression.MatchesTime(second / 3600, second / 60 % 60, second % 60) ||
                !expression.MatchesDay(row.Date))
            {
                continue;
            }

            if (!row.InGap)
            {
                due.Add((overlapRule == OverlapRule.Last ? row.Last : row.First, null));
                due.Add((overlapRule == OverlapRule.First ? row.First : row.Last, null));
            }
            else if (gapRule != GapRule.Skip)
            {
                due.Add((gapRule == GapRule.Next ? row.Last : row.First, row.Wall));
            }
        }

        return InOrder(due);
    }

    /// <summary>
    /// One entry per instant: a wall time that the clock showed there outranks one that was shifted there, and of those
    /// the earliest wins.
    /// </summary>
    private List<(long At, long? ShiftedFrom)> InOrder(List<(long At, long? ShiftedFrom)> due)
    {
        long middle = Transition.ToUnixTimeSeconds();
        due.Sort((left, right) => left.At != right.At
            ? left.At.CompareTo(right.At)
            : (left.ShiftedFrom ?? long.MinValue).CompareTo(right.ShiftedFrom ?? long.MinValue));
        var result = new List<(long At, long? ShiftedFrom)>(due.Count);
        long previous = long.MinValue;
        foreach (var (at, shiftedFrom) in due.Where(entry => Math.Abs(entry.At - middle) <= Reach))
        {
            if (at != previous)
            {
                result.Add((at - middle, shiftedFrom));
                previous = at;
            }
        }

        return result;
    }

    private static long OffsetBefore(DateTimeZone zone, Instant transition) =>
        zone.GetUtcOffset(transition - Duration.FromSeconds(1)).Seconds;

    private static long Offset(DateTimeZone zone, long at) =>
        zone.GetUtcOffset(Instant.FromUnixTimeSeconds(at)).Seconds;

    /// <summary>Rows in a gap hold the shifted instant first and the first instant after the gap last.</summary>
    private void AddGap(DateTimeZone zone, long before, int step)
    {
        long first = before;
        while (Offset(zone, first) == Offset(zone, before))
        {
            first++;
        }

        long wallAfterGap = first + Offset(zone, first);
        for (long wall = before + Offset(zone, before) + step; wall < wallAfterGap; wall += step)
        {
            Add(wall, wall - Offset(zone, before), first, inGap: true);
        }
    }

    private void Add(long wall, long first, long last, bool inGap)
    {
        var local = Instant.FromUnixTimeSeconds(wall).InUtc().LocalDateTime;
        rows.Add(new(wall, first, last, inGap, local.Date, local.Hour * 3600 + local.Minute * 60 + local.Second));
    }
}
