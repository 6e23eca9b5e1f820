using System.Globalization;
using System.Numerics;
using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>Says in one line of English when a schedule is due. For people; nothing parses it.</summary>
internal static class ScheduleDescription
{
    private const int TimesMax = 6;
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private static readonly string[] Nth = ["first", "second", "third", "fourth", "fifth"];

    private static readonly string[] Weekdays =
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    private static readonly string[] Months =
    [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ];

    public static string OfIso(string period, Instant? start, DateTimeZone zone, long? repetitions)
    {
        string limit = repetitions switch { null => "", 1 => ", once", _ => $", {repetitions} times" };
        string from = start is { } instant
            ? instant.InZone(zone).LocalDateTime.ToString("uuuu-MM-dd HH:mm:ss", Culture)
            : "when it is created";
        string length = IsoPeriod.TryParse(period, out var parsed) ? OfIsoPeriod(parsed) : period;
        return $"every {length} from {from}{limit}{InZone(zone)}";
    }

    public static string OfPeriod(long milliseconds) =>
        "every " + OfIsoPeriod(new(0, 0, 0, milliseconds / UnixTime.MillisecondsPerDay,
            milliseconds / 3_600_000 % 24, milliseconds / 60_000 % 60, milliseconds % 60_000));

    public static string OfCron(in CronFields fields, DateTimeZone zone) =>
        Times(fields) + Days(fields) + Years(fields.Years) + InZone(zone);

    private static string OfIsoPeriod(IsoPeriod period)
    {
        (decimal Count, string Unit)[] parts =
        [
            (period.Years, "year"), (period.Months, "month"), (period.Weeks, "week"), (period.Days, "day"),
            (period.Hours, "hour"), (period.Minutes, "minute"), (period.Milliseconds / 1000m, "second"),
        ];
        var used = parts.Where(part => part.Count != 0).ToArray();
        return used switch
        {
            [] => "0 seconds",
            [(1, var unit)] => unit,
            _ => string.Join(" ", used.Select(part => string.Create(
                Culture, $"{part.Count:0.###} {part.Unit}{(part.Count == 1 ? "" : "s")}"))),
        };
    }

    private static string InZone(DateTimeZone zone) => zone.Equals(DateTimeZone.Utc) ? " (UTC)" : $" ({zone.Id})";

    private static string Times(in CronFields fields)
    {
        int[] seconds = Bits(fields.Seconds);
        int[] minutes = Bits(fields.Minutes);
        int[] hours = Bits(fields.Hours);
        if (seconds.Length * minutes.Length * hours.Length <= TimesMax)
        {
            var times = from hour in hours
                        from minute in minutes
                        from second in seconds
                        select seconds is [0]
                            ? string.Create(Culture, $"{hour:00}:{minute:00}")
                            : string.Create(Culture, $"{hour:00}:{minute:00}:{second:00}");
            return "at " + Join(times);
        }

        string ofHours = hours.Length == 24 ? "" : " of " + Plural("hour", hours);
        if (seconds is not [0])
        {
            return Each(seconds, 60, "second") +
                (minutes.Length == 60 ? "" : " of " + Plural("minute", minutes)) + ofHours;
        }

        return minutes is [0] ? Each(hours, 24, "hour") : Each(minutes, 60, "minute") + ofHours;
    }

    /// <summary>"every 5 minutes" when the values divide the unit evenly from 0, otherwise their list.</summary>
    private static string Each(int[] values, int size, string unit)
    {
        int step = size / values.Length;
        bool even = step * values.Length == size && values.Index().All(pair => pair.Item == pair.Index * step);
        return !even ? "at " + Plural(unit, values) : step == 1 ? "every " + unit : $"every {step} {unit}s";
    }

    private static string Plural(string unit, int[] values) =>
        (values.Length == 1 ? unit : unit + "s") + " " + Join(Runs(values));

    private static string Days(in CronFields fields)
    {
        string byMonth = string.Join(" and ", DaysOfMonth(fields));
        string byWeek = string.Join(" and ", DaysOfWeek(fields));
        string link = byMonth.Length == 0 || byWeek.Length == 0 ? "" : fields.EitherDay ? " or " : " that is ";
        int[] months = Bits(fields.Months);
        string inMonths = months.Length == 12 ? "" : " in " + Join(months.Select(month => Months[month - 1]));
        string days = byMonth + link + byWeek;
        return (days.Length == 0 ? "" : " on " + days) + inMonths;
    }

    private static IEnumerable<string> DaysOfMonth(CronFields fields)
    {
        int[] days = Bits(fields.DaysOfMonth);
        if (days.Length is > 0 and < 31)
        {
            yield return Plural("day", days);
        }

        foreach (int before in Bits(fields.DaysFromLast))
        {
            yield return before == 0 ? "the last day" : $"day {before} before the last";
        }

        foreach (int day in Bits(fields.NearestWeekdays))
        {
            yield return "the working day nearest to " + (day == 0 ? "the last day" : $"day {day}");
        }
    }

    private static IEnumerable<string> DaysOfWeek(CronFields fields)
    {
        int[] days = Bits(fields.DaysOfWeek);
        if (days.Length is > 0 and < 7)
        {
            yield return days is [1, 2, 3, 4, 5] ? "Monday to Friday" : Join(days.Select(day => Weekdays[day]));
        }

        foreach (int bit in Bits(fields.NthWeekdays))
        {
            yield return $"the {Nth[bit % 5]} {Weekdays[bit / 5]}";
        }

        foreach (int day in Bits(fields.LastWeekdays))
        {
            yield return $"the last {Weekdays[day]}";
        }
    }

    private static string Years(ulong[]? years) => years is null
        ? ""
        : " in " + Join(Runs([.. years.SelectMany((mask, word) =>
            Bits(mask).Select(bit => CronFields.YearMin + 64 * word + bit))]));

    private static IEnumerable<string> Runs(int[] values)
    {
        for (int index = 0; index < values.Length; index++)
        {
            int first = index;
            while (index + 1 < values.Length && values[index + 1] == values[index] + 1)
            {
                index++;
            }

            string from = values[first].ToString(Culture);
            yield return index == first ? from : $"{from}-{values[index].ToString(Culture)}";
        }
    }

    private static string Join(IEnumerable<string> parts) => string.Join(", ", parts);

    private static int[] Bits(ulong mask)
    {
        var bits = new int[BitOperations.PopCount(mask)];
        for (int index = 0; index < bits.Length; index++, mask &= mask - 1)
        {
            bits[index] = BitOperations.TrailingZeroCount(mask);
        }

        return bits;
    }
}
