using NodaTime;
using NodaTime.TimeZones;

namespace Chronos.Core.Schedules;

/// <summary>
/// A cron expression in a time zone. Between two transitions of the zone the wall clock runs evenly, so the next
/// occurrence is the next matching wall time; <c>daylight-saving.md</c> says what is added or dropped at a transition.
/// </summary>
internal sealed class CronSchedule : Schedule
{
    /// <summary>Longer than any gap or overlap, in seconds; the longest skipped a day.</summary>
    private const long TransitionReach = 26 * 3600;

    private readonly CronFields fields;
    private readonly GapRule gap;
    private readonly OverlapRule overlap;
    private readonly bool flowing;

    public CronSchedule(string text, DateTimeZone zone, in CronFields fields, bool flowing, ScheduleOptions options)
        : base(text, zone)
    {
        this.fields = fields;
        this.flowing = flowing;
        gap = options.Gap ?? (flowing ? GapRule.Skip : GapRule.Next);
        overlap = options.Overlap ?? (flowing ? OverlapRule.Both : OverlapRule.First);
    }

    public override ScheduleKind Kind => flowing ? ScheduleKind.Flowing : ScheduleKind.Fixed;

    public override Occurrence? Next(Instant after)
    {
        long from = Math.Max(after.ToUnixTimeSeconds(), UnixTime.SecondsMin) + 1;
        while (from <= UnixTime.SecondsMax)
        {
            var interval = Zone.GetZoneInterval(Instant.FromUnixTimeSeconds(from));
            if (InInterval(interval, from) is { } found)
            {
                return found;
            }

            if (!interval.HasEnd || AfterLastYear(from))
            {
                return null;
            }

            from = interval.End.ToUnixTimeSeconds();
        }

        return null;
    }

    public override string Describe() => ScheduleDescription.OfCron(fields, Zone);

    private bool AfterLastYear(long seconds) =>
        fields.Years is not null &&
        seconds > CivilCalendar.DayNumber(CronFields.YearMax + 1, 1, 3) * UnixTime.SecondsPerDay;

    /// <summary>The first occurrence at or after <paramref name="from"/> and before the interval's end.</summary>
    private Occurrence? InInterval(ZoneInterval interval, long from)
    {
        long offset = interval.WallOffset.Seconds;
        long end = interval.HasEnd ? interval.End.ToUnixTimeSeconds() : UnixTime.SecondsMax + 1;
        long regularFrom = from;
        (long At, long Wall)? shifted = null;
        if (interval.HasStart && from - interval.Start.ToUnixTimeSeconds() < TransitionReach)
        {
            long start = interval.Start.ToUnixTimeSeconds();
            long offsetBefore = OffsetAt(start - 1);
            shifted = ShiftedOccurrence(from, start, offsetBefore, offset);
            if (overlap == OverlapRule.First)
            {
                // The second copies of the wall times that the previous interval already had.
                regularFrom = Math.Max(from, start + offsetBefore - offset);
            }
        }

        long wall = fields.NextWall(regularFrom + offset, LimitOfRegular(interval, end, offset));
        if (shifted is { } moved && (wall == CronFields.None || moved.At < wall - offset))
        {
            return new(Instant.FromUnixTimeSeconds(moved.At), CivilCalendar.LocalFromMilliseconds(moved.Wall * 1000));
        }

        return wall == CronFields.None ? null : new(Instant.FromUnixTimeSeconds(wall - offset), null);
    }

    /// <summary>Wall time at which regular occurrences of an interval end: early when last copies are wanted.</summary>
    private long LimitOfRegular(ZoneInterval interval, long end, long offset) =>
        overlap == OverlapRule.Last && interval.HasEnd ? end + Math.Min(offset, OffsetAt(end)) : end + offset;

    private (long At, long Wall)? ShiftedOccurrence(long from, long start, long offsetBefore, long offset)
    {
        long gapEnd = start + offset;
        if (gap == GapRule.Skip || offset <= offsetBefore || (gap == GapRule.Next && from > start))
        {
            return null;
        }

        // Wall times in the gap, read with the offset before it, follow the transition without a break.
        long wall = fields.NextWall(from + offsetBefore, gapEnd);
        return wall == CronFields.None ? null : (gap == GapRule.Next ? start : wall - offsetBefore, wall);
    }

    private long OffsetAt(long seconds) => Zone.GetUtcOffset(Instant.FromUnixTimeSeconds(seconds)).Seconds;
}
