using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>
/// Proleptic Gregorian calendar on plain numbers: a day is its distance from 1970-01-01. Noda Time's date types would
/// do, but searching through days and months with them costs several times as much, and searching is all we do.
/// </summary>
internal static class CivilCalendar
{
    public const int YearMin = -9998;
    public const int YearMax = 9999;
    private const int DaysPerEra = 146_097;
    private const int DaysBeforeEpoch = 719_468;

    public static bool IsLeapYear(int year) => (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);

    public static int DaysInMonth(int year, int month) =>
        month == 2 ? (IsLeapYear(year) ? 29 : 28) : 30 + ((0x15AA >> month) & 1);

    /// <summary>Sunday is 0.</summary>
    public static int DayOfWeek(long day) => (int)FloorModulo(day + 4, 7);

    /// <summary>
    /// Years start in March here, which puts the leap day at the end and makes month lengths regular.
    /// </summary>
    public static long DayNumber(int year, int month, int day)
    {
        int shifted = month <= 2 ? year - 1 : year;
        int era = (shifted >= 0 ? shifted : shifted - 399) / 400;
        int yearOfEra = shifted - era * 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return (long)era * DaysPerEra + dayOfEra - DaysBeforeEpoch;
    }

    public static (int Year, int Month, int Day) Date(long dayNumber)
    {
        long day = dayNumber + DaysBeforeEpoch;
        int era = (int)FloorDivide(day, DaysPerEra);
        int dayOfEra = (int)(day - (long)era * DaysPerEra);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shiftedMonth = (5 * dayOfYear + 2) / 153;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        int year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1);
    }

    public static LocalDateTime LocalFromMilliseconds(long milliseconds)
    {
        long day = FloorDivide(milliseconds, UnixTime.MillisecondsPerDay);
        var (year, month, dayOfMonth) = Date(day);
        var time = LocalTime.FromMillisecondsSinceMidnight((int)(milliseconds - day * UnixTime.MillisecondsPerDay));
        return new LocalDate(year, month, dayOfMonth) + time;
    }

    public static long FloorDivide(long value, long divisor)
    {
        long quotient = value / divisor;
        return quotient * divisor > value ? quotient - 1 : quotient;
    }

    public static long FloorModulo(long value, long divisor) => value - FloorDivide(value, divisor) * divisor;
}
