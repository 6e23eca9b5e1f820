using System.Globalization;

namespace Chronos.Core.Schedules;

/// <summary>
/// The start of a repeating interval: a wall time and perhaps an offset. Reads what Joda-Time's general ISO 8601
/// reader did: calendar, ordinal and week dates, reduced precision, decimal fractions of the last time component.
/// </summary>
/// <param name="Wall">Milliseconds from 1970-01-01T00:00 on the wall clock; finer fractions are cut off.</param>
/// <param name="OffsetMilliseconds">The offset as written; null when there is none.</param>
internal readonly record struct IsoStart(long Wall, int? OffsetMilliseconds)
{
    private const string TimeWithoutDate =
        "a time needs a date in front of it, such as 2030-01-31T13:00:00Z (Chronos " +
        "took a time alone as a time in 1970)";

    private const int HourMilliseconds = 3_600_000;
    private const int OffsetHoursMax = 18;

    /// <summary>Reads a start; on failure <paramref name="problem"/> says what is wrong and what to write.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IsoStart start, out string problem)
    {
        start = default;
        problem = "";
        int separator = text.IndexOf('T');
        ReadOnlySpan<char> date = separator < 0 ? text : text[..separator];
        ReadOnlySpan<char> time = separator < 0 ? "" : text[(separator + 1)..];
        if (date.IsEmpty)
        {
            problem = TimeWithoutDate;
            return false;
        }

        if (!TryDate(date, out long day))
        {
            problem = "there is no such date; write year, month and day as 2030-01-31";
            return false;
        }

        int zone = time.IndexOfAny("Z+-");
        int offset = 0;
        if (zone >= 0 && !TryOffset(time[zone..], out offset))
        {
            problem = "the offset must be Z, +hh, +hhmm or +hh:mm and at most 18 hours";
            return false;
        }

        if (!TryTime(zone < 0 ? time : time[..zone], out long milliseconds))
        {
            problem = "there is no such time; write it as 13:00:00, with hours from 00 to 23";
            return false;
        }

        start = new(day * UnixTime.MillisecondsPerDay + milliseconds, zone < 0 ? null : offset);
        return true;
    }

    private static bool TryDate(ReadOnlySpan<char> text, out long day)
    {
        day = 0;
        if (text.Length < 4 || !TryDigits(text[..4], 4, 4, 0, 9999, out int year))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[4..];
        if (rest.IsEmpty)
        {
            day = CivilCalendar.DayNumber(year, 1, 1);
            return true;
        }

        if (rest[0] != '-')
        {
            return false;
        }

        rest = rest[1..];
        return rest.StartsWith("W") ? TryWeekDate(year, rest[1..], out day)
            : rest.Length == 3 && rest.IndexOf('-') < 0 ? TryOrdinalDate(year, rest, out day)
            : TryCalendarDate(year, rest, out day);
    }

    private static bool TryCalendarDate(int year, ReadOnlySpan<char> text, out long day)
    {
        day = 0;
        int dash = text.IndexOf('-');
        int dayOfMonth = 1;
        if (!TryDigits(dash < 0 ? text : text[..dash], 1, 2, 1, 12, out int month) || (dash >= 0 &&
            !TryDigits(text[(dash + 1)..], 1, 2, 1, CivilCalendar.DaysInMonth(year, month), out dayOfMonth)))
        {
            return false;
        }

        day = CivilCalendar.DayNumber(year, month, dayOfMonth);
        return true;
    }

    private static bool TryOrdinalDate(int year, ReadOnlySpan<char> text, out long day)
    {
        bool valid = TryDigits(text, 3, 3, 1, CivilCalendar.IsLeapYear(year) ? 366 : 365, out int dayOfYear);
        day = CivilCalendar.DayNumber(year, 1, 1) + dayOfYear - 1;
        return valid;
    }

    /// <summary>Week 1 is the one that holds 4 January; weeks start on Monday.</summary>
    private static bool TryWeekDate(int year, ReadOnlySpan<char> text, out long day)
    {
        day = 0;
        int dash = text.IndexOf('-');
        int dayOfWeek = 1;
        long firstMonday = MondayOfWeekOne(year);
        int weeks = year == 9999 ? 52 : (int)((MondayOfWeekOne(year + 1) - firstMonday) / 7);
        if (!TryDigits(dash < 0 ? text : text[..dash], 1, 2, 1, weeks, out int week) ||
            (dash >= 0 && !TryDigits(text[(dash + 1)..], 1, 1, 1, 7, out dayOfWeek)))
        {
            return false;
        }

        day = firstMonday + (week - 1) * 7 + dayOfWeek - 1;
        return true;
    }

    private static long MondayOfWeekOne(int year)
    {
        long fourth = CivilCalendar.DayNumber(year, 1, 4);
        return fourth - CivilCalendar.FloorModulo(CivilCalendar.DayOfWeek(fourth) - 1, 7);
    }

    /// <summary>hh, hh:mm or hh:mm:ss, the last of them with an optional fraction; nothing is midnight.</summary>
    private static bool TryTime(ReadOnlySpan<char> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        int point = text.IndexOfAny('.', ',');
        ReadOnlySpan<char> fraction = point < 0 ? "" : text[(point + 1)..];
        ReadOnlySpan<char> rest = point < 0 ? text : text[..point];
        long unit = HourMilliseconds;
        int max = 23;
        while (true)
        {
            int colon = rest.IndexOf(':');
            if (!TryDigits(colon < 0 ? rest : rest[..colon], 1, 2, 0, max, out int value))
            {
                return false;
            }

            milliseconds += value * unit;
            if (colon < 0)
            {
                return point < 0 || TryFraction(fraction, unit, ref milliseconds);
            }

            if (unit == 1000)
            {
                return false;
            }

            (unit, max) = (unit / 60, 59);
            rest = rest[(colon + 1)..];
        }
    }

    private static bool TryFraction(ReadOnlySpan<char> digits, long unit, ref long milliseconds)
    {
        // Nine digits of an hour are finer than a millisecond; the rest must be digits but does not count.
        ReadOnlySpan<char> counted = digits[..Math.Min(digits.Length, 9)];
        if (digits.IsEmpty || digits.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        long scale = 1;
        foreach (char _ in counted)
        {
            scale *= 10;
        }

        milliseconds += int.Parse(counted, CultureInfo.InvariantCulture) * unit / scale;
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out int milliseconds)
    {
        milliseconds = 0;
        if (text is "Z")
        {
            return true;
        }

        int sign = text[0] switch { '+' => 1, '-' => -1, _ => 0 };
        ReadOnlySpan<char> digits = text[1..];
        ReadOnlySpan<char> minutes = digits.Length == 5 && digits[2] == ':' ? digits[3..]
            : digits.Length == 4 ? digits[2..]
            : digits.Length == 2 ? "00" : "";
        if (sign == 0 || !TryDigits(minutes, 2, 2, 0, 59, out int minute) ||
            !TryDigits(digits[..2], 2, 2, 0, OffsetHoursMax, out int hour) || (hour == OffsetHoursMax && minute > 0))
        {
            return false;
        }

        milliseconds = sign * (hour * HourMilliseconds + minute * 60_000);
        return true;
    }

    private static bool TryDigits(
        ReadOnlySpan<char> text, int digitsMin, int digitsMax, int min, int max, out int value)
    {
        value = 0;
        return text.Length >= digitsMin && text.Length <= digitsMax &&
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) &&
            value >= min && value <= max;
    }
}
