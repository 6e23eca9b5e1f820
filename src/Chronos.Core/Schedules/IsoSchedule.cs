using System.Globalization;
using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>
/// An ISO 8601 repeating interval <c>R[n]/start/period</c>. Occurrence k is the start plus k periods, always computed
/// from the start: a month end clamps and returns (31 January, 28 February, 31 March), and a time that daylight saving
/// moved on one day is back on the next. Years, months, weeks and days move the wall clock; hours, minutes and seconds
/// are elapsed time, added after the wall clock was mapped to an instant.
/// </summary>
public sealed class IsoSchedule : Schedule
{
    /// <summary>Wall time and instant differ by less than this: offsets reach 18 hours at most.</summary>
    private const long OffsetBound = 19 * 3_600_000;

    /// <summary>
    /// Farther than this from a transition, every wall time exists once. Samoa once skipped a whole day.
    /// </summary>
    private const long TransitionReach = 2 * UnixTime.MillisecondsPerDay;

    /// <summary>Stands for a time after the end of the calendar.</summary>
    private const long Beyond = long.MaxValue / 4;

    private const long MonthsInCalendar = 20_000 * 12;
    private const long DaysInCalendar = 20_000 * 366;

    private readonly long startMs;
    private readonly long startWallMs;
    private readonly long count;
    private readonly long timeMs;
    private readonly int months;
    private readonly int days;
    private readonly bool anchored;
    private readonly GapRule? gap;
    private readonly OverlapRule? overlap;

    internal IsoSchedule(string text, DateTimeZone zone, IsoStart? start, long? count, IsoPeriod period,
        ScheduleOptions options)
        : base(text, zone)
    {
        (months, days, timeMs) = (period.TotalMonths, period.TotalDays, period.TotalMilliseconds);
        this.count = count ?? long.MaxValue;
        (gap, overlap) = (options.Gap, options.Overlap);
        if (start is { } given)
        {
            anchored = true;
            startWallMs = given.Wall;
            startMs = ResolveStart(given);
        }
    }

    private IsoSchedule(IsoSchedule template, Instant start)
        : base(template.Text, template.Zone)
    {
        (months, days, timeMs, count) = (template.months, template.days, template.timeMs, template.count);
        (gap, overlap) = (template.gap, template.overlap);
        anchored = true;
        startMs = start.ToUnixTimeMilliseconds();
        startWallMs = startMs + Zone.GetUtcOffset(start).Milliseconds;
    }

    public override ScheduleKind Kind => months == 0 && days == 0 ? ScheduleKind.Elapsed : ScheduleKind.Fixed;

    public override bool NeedsAnchor => !anchored;

    public override Instant? Start => anchored ? Instant.FromUnixTimeMilliseconds(startMs) : null;

    /// <remarks>
    /// A zero period has one occurrence, its start. Chronos repeated it for ever, as fast as the cluster could launch,
    /// which nobody ever wanted.
    /// </remarks>
    public override long? Repetitions => IsZeroPeriod ? Math.Min(count, 1) : count == long.MaxValue ? null : count;

    private bool IsZeroPeriod => months == 0 && days == 0 && timeMs == 0;

    private long Limit => Repetitions ?? long.MaxValue;

    public override Schedule AnchoredAt(Instant start) => anchored ? this : new IsoSchedule(this, start);

    public override Occurrence? Next(Instant after) => Find(after, out _);

    public override long? RemainingAfter(Instant cursor)
    {
        if (Repetitions is not { } total)
        {
            return null;
        }

        return Find(cursor, out long index) is null ? 0 : total - index;
    }

    public override Occurrence? Latest(Instant upTo)
    {
        RequireAnchor();
        long last = upTo.ToUnixTimeMilliseconds();
        if (last < startMs || Limit == 0)
        {
            return null;
        }

        if (Kind != ScheduleKind.Elapsed)
        {
            return base.Latest(upTo);
        }

        long index = IsZeroPeriod ? 0 : Math.Min((last - startMs) / timeMs, Limit - 1);
        return new(Instant.FromUnixTimeMilliseconds(startMs + index * timeMs), null);
    }

    /// <summary>
    /// The text Chronos writes back to its clients: <c>R5/2012-01-01T00:00:01.000Z/PT1M</c>, with the offset in force
    /// at
    /// <paramref name="nextStart"/> in this schedule's zone, and <c>R/</c> for null.
    /// </summary>
    public string Canonical(Instant nextStart, long? remaining) =>
        Print(remaining, nextStart, Zone, Text[(Text.LastIndexOf('/') + 1)..]);

    /// <summary>Prints a repeating interval in canonical form; see <see cref="Canonical"/>.</summary>
    /// <param name="remaining">Occurrences from <paramref name="start"/> on, that one included; null: no bound.</param>
    /// <param name="start">Printed to the millisecond.</param>
    /// <param name="zone">Decides the wall time and offset that are printed.</param>
    /// <param name="period">An ISO 8601 period; normalised to Joda-Time's standard form when it can be read.</param>
    public static string Print(long? remaining, Instant start, DateTimeZone zone, string period)
    {
        int offset = zone.GetUtcOffset(start).Milliseconds;
        var wall = CivilCalendar.LocalFromMilliseconds(start.ToUnixTimeMilliseconds() + offset);
        int minutes = Math.Abs(offset) / 60_000;
        string sign = offset < 0 ? "-" : "+";
        string zoneText = offset == 0 ? "Z" : string.Create(
            CultureInfo.InvariantCulture, $"{sign}{minutes / 60:00}:{minutes % 60:00}");
        string date = wall.ToString("uuuu'-'MM'-'dd'T'HH':'mm':'ss'.'fff", CultureInfo.InvariantCulture);
        string normal = IsoPeriod.TryParse(period, out var parsed) ? parsed.ToString() : period;
        return string.Create(CultureInfo.InvariantCulture, $"R{remaining}/{date}{zoneText}/{normal}");
    }

    public override string Describe() =>
        ScheduleDescription.OfIso(Text[(Text.LastIndexOf('/') + 1)..], Start, Zone, Repetitions);

    private void RequireAnchor()
    {
        if (!anchored)
        {
            throw Unanchored();
        }
    }

    /// <summary>
    /// The first occurrence after an instant and its index. An occurrence is a whole millisecond, so being after the
    /// instant and after the millisecond it lies in are the same.
    /// </summary>
    private Occurrence? Find(Instant after, out long index)
    {
        RequireAnchor();
        long afterMs = Math.Max(after.ToUnixTimeMilliseconds(), startMs - 1);
        if (Kind == ScheduleKind.Elapsed)
        {
            return FindElapsed(afterMs, out index);
        }

        var interval = Zone.GetZoneInterval(Instant.FromUnixTimeMilliseconds(afterMs));
        long offset = WallMapping.Offset(interval);
        index = timeMs == 0 ? FirstIndexAfter(afterMs + offset) : 0;
        if (index == 0)
        {
            return FindNear(afterMs, out index);
        }

        long found = WallAt(index) - offset;
        bool clear =
            (!interval.HasStart || afterMs - TransitionReach >= interval.Start.ToUnixTimeMilliseconds()) &&
            (!interval.HasEnd || found + TransitionReach <= interval.End.ToUnixTimeMilliseconds());
        return clear ? Result(index, found, null) : FindNear(afterMs, out index);
    }

    private Occurrence? FindElapsed(long afterMs, out long index)
    {
        index = afterMs < startMs ? 0 : IsZeroPeriod ? Limit : (afterMs - startMs) / timeMs + 1;
        return index >= Limit ? null : Result(index, startMs + index * timeMs, null);
    }

    private Occurrence? Result(long index, long at, long? shiftedFrom) =>
        index >= Limit || at > UnixTime.MillisecondsMax
            ? null
            : new(Instant.FromUnixTimeMilliseconds(at),
                shiftedFrom is { } wall ? CivilCalendar.LocalFromMilliseconds(wall) : null);

    /// <summary>
    /// Near transitions neighbouring occurrences may change places or meet, so all whose wall time is within reach of
    /// the answer are looked at, and the earliest wins.
    /// </summary>
    private Occurrence? FindNear(long afterMs, out long index)
    {
        long best = long.MaxValue;
        long? shiftedFrom = null;
        index = Limit;
        for (long k = FirstIndexAfter(afterMs - OffsetBound); k < Limit; k++)
        {
            long wall = WallAt(k);
            long naive = wall == Beyond ? Beyond : wall + k * timeMs;
            if (naive > UnixTime.MillisecondsMax + OffsetBound || (best != long.MaxValue && naive - OffsetBound > best))
            {
                break;
            }

            if (Map(k, wall, afterMs) is not { } found)
            {
                continue;
            }

            bool regularMeetsShifted = found.At == best && found.ShiftedFrom is null && shiftedFrom is not null;
            if (found.At < best || regularMeetsShifted)
            {
                index = found.At < best ? k : index;
                (best, shiftedFrom) = found;
            }
        }

        return Result(index, best, shiftedFrom);
    }

    /// <summary>
    /// The first instant after <paramref name="afterMs"/> at which occurrence k is due, if there is one.
    /// </summary>
    private (long At, long? ShiftedFrom)? Map(long k, long wall, long afterMs)
    {
        var mapping = WallMapping.Of(Zone, wall);
        if (mapping.Existence == WallExistence.Never)
        {
            // The start itself moves by the gap's length, as Chronos moved it, unless the job says otherwise.
            var rule = gap ?? (k == 0 ? GapRule.Shift : GapRule.Next);
            long moved = (rule == GapRule.Next ? mapping.Last : mapping.First) + k * timeMs;
            return rule == GapRule.Skip || moved <= afterMs ? null : (moved, wall);
        }

        var copies = overlap ?? OverlapRule.First;
        long first = (copies == OverlapRule.Last ? mapping.Last : mapping.First) + k * timeMs;
        long last = (copies == OverlapRule.First ? mapping.First : mapping.Last) + k * timeMs;
        if (k == 0)
        {
            first = startMs;
            last = copies == OverlapRule.Both ? Math.Max(startMs, last) : startMs;
        }

        return first > afterMs ? (first, null) : last > afterMs ? (last, null) : null;
    }

    /// <summary>The smallest k ≥ 0 whose wall time, plus its elapsed part, is after <paramref name="wall"/>.</summary>
    private long FirstIndexAfter(long wall)
    {
        // Months differ from their mean by a few days however many there are, so few steps remain after the estimate.
        long mean = months * 2_629_746_000L + days * UnixTime.MillisecondsPerDay + timeMs;
        long k = wall < startWallMs ? 0 : Math.Min((wall - startWallMs) / mean, IndexMax + 1);
        while (k > 0 && NaiveAt(k - 1) > wall)
        {
            k--;
        }

        while (NaiveAt(k) <= wall)
        {
            k++;
        }

        return k;
    }

    /// <summary>From the next index on, the wall time certainly lies outside the calendar.</summary>
    private long IndexMax => Math.Min(
        months == 0 ? long.MaxValue - 1 : MonthsInCalendar / Math.Abs((long)months),
        days == 0 ? long.MaxValue - 1 : DaysInCalendar / Math.Abs((long)days));

    private long NaiveAt(long k)
    {
        long wall = WallAt(k);
        return wall == Beyond ? Beyond : wall + k * timeMs;
    }

    /// <summary>Wall time of the calendar part of occurrence k.</summary>
    private long WallAt(long k)
    {
        if (k > IndexMax)
        {
            return Beyond;
        }

        if (months == 0)
        {
            return startWallMs + k * days * UnixTime.MillisecondsPerDay;
        }

        long startDay = CivilCalendar.FloorDivide(startWallMs, UnixTime.MillisecondsPerDay);
        long timeOfDay = startWallMs - startDay * UnixTime.MillisecondsPerDay;
        var (year, month, day) = CivilCalendar.Date(startDay);
        long monthIndex = year * 12L + month - 1 + k * months;
        long targetYear = CivilCalendar.FloorDivide(monthIndex, 12);
        if (targetYear > CivilCalendar.YearMax || targetYear < CivilCalendar.YearMin)
        {
            return Beyond;
        }

        int targetMonth = (int)(monthIndex - targetYear * 12) + 1;
        int clamped = Math.Min(day, CivilCalendar.DaysInMonth((int)targetYear, targetMonth));
        long targetDay = CivilCalendar.DayNumber((int)targetYear, targetMonth, clamped) + k * days;
        return targetDay * UnixTime.MillisecondsPerDay + timeOfDay;
    }

    /// <summary>
    /// A written offset chooses between the two copies of a start, if it fits one; otherwise the rules do. In a gap the
    /// start moves as <see cref="Map"/> says; an elapsed schedule counts from there, whatever the gap rule.
    /// </summary>
    private long ResolveStart(IsoStart start)
    {
        var mapping = WallMapping.Of(Zone, start.Wall);
        if (mapping.Existence == WallExistence.Never)
        {
            return gap == GapRule.Next && Kind != ScheduleKind.Elapsed ? mapping.Last : mapping.First;
        }

        bool offsetFitsLast = start.OffsetMilliseconds == start.Wall - mapping.Last;
        bool offsetFitsFirst = start.OffsetMilliseconds == start.Wall - mapping.First;
        bool last = offsetFitsLast || (overlap == OverlapRule.Last && !offsetFitsFirst && Kind != ScheduleKind.Elapsed);
        return last ? mapping.Last : mapping.First;
    }
}
