using System.Numerics;

namespace Chronos.Core.Schedules;

/// <summary>
/// A parsed cron expression as bit masks: bit n of a mask stands for the value n. With a million jobs in memory this is
/// what keeps one at a hundred bytes, and a mask answers "the next allowed value" in one instruction.
/// </summary>
internal struct CronFields
{
    public const int YearMin = 1970;
    public const int YearMax = 2099;

    /// <summary>The answer of <see cref="NextWall"/> when nothing is found below the limit.</summary>
    public const long None = long.MaxValue;

    private const ulong EveryWeek = 1UL | 1UL << 7 | 1UL << 14 | 1UL << 21 | 1UL << 28;

    public ulong Seconds;
    public ulong Minutes;

    /// <summary>Bit 5 × weekday + n − 1: the n-th such weekday of the month (<c>MON#2</c>).</summary>
    public ulong NthWeekdays;

    /// <summary>Bit n: year 1970 + n. Null allows every year.</summary>
    public ulong[]? Years;

    public uint Hours;
    public uint DaysOfMonth;

    /// <summary>Bit n: n days before the last day of the month (<c>L-3</c>).</summary>
    public uint DaysFromLast;

    /// <summary>Bit n: the working day nearest to day n (<c>15W</c>); bit 0: to the last day (<c>LW</c>).</summary>
    public uint NearestWeekdays;

    public ushort Months;
    public byte DaysOfWeek;

    /// <summary>Bit n: the last such weekday of the month (<c>5L</c>).</summary>
    public byte LastWeekdays;

    /// <summary>Either day field suffices, because both restrict; otherwise both must match.</summary>
    public bool EitherDay;

    /// <summary>
    /// The first allowed wall time from <paramref name="from"/> on and below <paramref name="limit"/>.
    /// </summary>
    public readonly long NextWall(long from, long limit)
    {
        from = Years is null ? from : Math.Max(from, 0);
        long dayNumber = CivilCalendar.FloorDivide(from, UnixTime.SecondsPerDay);
        var (year, month, day) = CivilCalendar.Date(dayNumber);
        uint days = AllowedDays(year, month, dayNumber - day + 1);
        if ((days >> day & 1) != 0)
        {
            int time = NextTime((int)(from - dayNumber * UnixTime.SecondsPerDay));
            if (time >= 0)
            {
                return Below(limit, dayNumber * UnixTime.SecondsPerDay + time);
            }
        }

        long first = dayNumber - day + 1;
        days &= uint.MaxValue << day & ~(1u << day);
        while (days == 0)
        {
            (year, month) = NextMonth(year, month);
            first = CivilCalendar.DayNumber(year, month, 1);
            if (first * UnixTime.SecondsPerDay >= limit || (Years is not null && year > YearMax))
            {
                return None;
            }

            days = AllowedDays(year, month, first);
        }

        long found = first + BitOperations.TrailingZeroCount(days) - 1;
        return Below(limit, found * UnixTime.SecondsPerDay + NextTime(0));
    }

    private static long Below(long limit, long wall) => wall < limit ? wall : None;

    private static int NextBit(ulong mask, int from)
    {
        ulong rest = from > 63 ? 0 : mask >> from;
        return rest == 0 ? -1 : from + BitOperations.TrailingZeroCount(rest);
    }

    private readonly (int Year, int Month) NextMonth(int year, int month)
    {
        int next = NextBit(Months, month + 1);
        return next >= 0 ? (year, next) : (year + 1, BitOperations.TrailingZeroCount(Months));
    }

    /// <summary>The first allowed second of the day from <paramref name="second"/> on, or -1.</summary>
    private readonly int NextTime(int second)
    {
        int hour = second / 3600;
        int minute = second / 60 % 60;
        int firstSecond = BitOperations.TrailingZeroCount(Seconds);
        if ((Hours >> hour & 1) != 0)
        {
            int inMinute = (Minutes >> minute & 1) == 0 ? -1 : NextBit(Seconds, second % 60);
            if (inMinute >= 0)
            {
                return hour * 3600 + minute * 60 + inMinute;
            }

            int later = NextBit(Minutes, minute + 1);
            if (later >= 0)
            {
                return hour * 3600 + later * 60 + firstSecond;
            }
        }

        int nextHour = NextBit(Hours, hour + 1);
        return nextHour < 0 ? -1 : nextHour * 3600 + BitOperations.TrailingZeroCount(Minutes) * 60 + firstSecond;
    }

    /// <summary>Bit n: day n of the month is allowed.</summary>
    private readonly uint AllowedDays(int year, int month, long firstDay)
    {
        if ((Months >> month & 1) == 0 || !AllowsYear(year))
        {
            return 0;
        }

        int length = CivilCalendar.DaysInMonth(year, month);
        uint all = uint.MaxValue >> (31 - length) & ~1u;
        int firstWeekday = CivilCalendar.DayOfWeek(firstDay);
        uint byMonth = DaysOfMonth;
        if ((DaysFromLast | NearestWeekdays) != 0)
        {
            byMonth |= CountedFromLast(length) | NearestWorkingDays(length, firstWeekday);
        }

        uint byWeek = DaysOfWeek == 0x7F ? all : Weekdays(DaysOfWeek, firstWeekday);
        if ((NthWeekdays | LastWeekdays) != 0)
        {
            byWeek |= CountedWeekdays(length, firstWeekday);
        }

        return (EitherDay ? byMonth | byWeek : byMonth & byWeek) & all;
    }

    private readonly bool AllowsYear(int year) =>
        Years is null || (year is >= YearMin and <= YearMax &&
            (Years[(year - YearMin) / 64] >> ((year - YearMin) % 64) & 1) != 0);

    private static uint Weekdays(uint weekdays, int firstWeekday)
    {
        ulong week = (weekdays >> firstWeekday | weekdays << (7 - firstWeekday)) & 0x7F;
        return (uint)(week * EveryWeek << 1 & uint.MaxValue);
    }

    private readonly uint CountedFromLast(int length)
    {
        uint days = 0;
        for (uint rest = DaysFromLast; rest != 0; rest &= rest - 1)
        {
            int day = length - BitOperations.TrailingZeroCount(rest);
            days |= day > 0 ? 1u << day : 0;
        }

        return days;
    }

    /// <summary>The nearest working day never leaves the month; a day the month lacks has none.</summary>
    private readonly uint NearestWorkingDays(int length, int firstWeekday)
    {
        uint days = 0;
        for (uint rest = NearestWeekdays; rest != 0; rest &= rest - 1)
        {
            int bit = BitOperations.TrailingZeroCount(rest);
            int day = bit == 0 ? length : bit;
            if (day > length)
            {
                continue;
            }

            int weekday = (firstWeekday + day - 1) % 7;
            day += weekday == 6 ? (day == 1 ? 2 : -1) : weekday == 0 ? (day == length ? -2 : 1) : 0;
            days |= 1u << day;
        }

        return days;
    }

    private readonly uint CountedWeekdays(int length, int firstWeekday)
    {
        uint days = 0;
        for (int weekday = 0; weekday < 7; weekday++)
        {
            int first = 1 + (weekday - firstWeekday + 7) % 7;
            ulong nth = NthWeekdays >> (5 * weekday) & 0x1F;
            for (; nth != 0; nth &= nth - 1)
            {
                int day = first + 7 * BitOperations.TrailingZeroCount(nth);
                days |= day <= length ? 1u << day : 0;
            }

            if ((LastWeekdays >> weekday & 1) != 0)
            {
                days |= 1u << (first + (length - first) / 7 * 7);
            }
        }

        return days;
    }
}
