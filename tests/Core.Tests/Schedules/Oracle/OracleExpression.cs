using System.Globalization;
using NodaTime;

namespace Chronos.Core.Tests.Schedules.Oracle;

/// <summary>
/// A second, deliberately plain reading of cron expressions: it never searches, it only answers whether one wall time
/// matches. Written from the grammar, without a look at the production parser.
/// </summary>
internal sealed class OracleExpression
{
    private static readonly string[] MonthNames =
        ["?", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    private static readonly string[] DayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly bool[] seconds;
    private readonly bool[] minutes;
    private readonly bool[] hours;
    private readonly bool[] months;
    private readonly bool[] years;
    private readonly string dayOfMonth;
    private readonly string dayOfWeek;
    private readonly Dictionary<LocalDate, bool> days = [];

    public OracleExpression(string text)
    {
        Text = text;
        string[] parts = text.ToUpperInvariant().Split(' ');
        HasSeconds = parts.Length > 5;
        string[] fields = HasSeconds ? parts : ["0", .. parts];
        seconds = Table(fields[0], 0, 59, []);
        minutes = Table(fields[1], 0, 59, []);
        hours = Table(fields[2], 0, 23, []);
        dayOfMonth = fields[3];
        months = Table(fields[4], 1, 12, MonthNames);
        dayOfWeek = fields[5];
        years = Table(fields.Length > 6 ? fields[6] : "*", 1970, 2099, []);
        IsFlowing = fields.Take(3).Any(field => field.IndexOfAny(['*', '/', '-', '?']) >= 0);
    }

    public string Text { get; }

    public bool HasSeconds { get; }

    public bool IsFlowing { get; }

    public bool MatchesTime(int hour, int minute, int second) => hours[hour] && minutes[minute] && seconds[second];

    public bool MatchesDay(LocalDate date)
    {
        lock (days)
        {
            if (!days.TryGetValue(date, out bool matches))
            {
                matches = years.ElementAtOrDefault(date.Year) && months[date.Month] && MatchesDayFields(date);
                days[date] = matches;
            }

            return matches;
        }
    }

    private bool MatchesDayFields(LocalDate date)
    {
        bool byMonth = dayOfMonth.Split(',').Any(item => DayOfMonthItem(item, date));
        bool byWeek = dayOfWeek.Split(',').Any(item => DayOfWeekItem(item, date));
        bool monthStar = dayOfMonth[0] is '*' or '?';
        bool weekStar = dayOfWeek[0] is '*' or '?';
        return monthStar || weekStar ? byMonth && byWeek : byMonth || byWeek;
    }

    private static bool DayOfMonthItem(string item, LocalDate date)
    {
        int length = CalendarSystem.Iso.GetDaysInMonth(date.Year, date.Month);
        if (item.StartsWith('L') && item != "LW")
        {
            int before = item == "L" ? 0 : Number(item[2..]);
            return date.Day + before == length;
        }

        if (item.EndsWith('W'))
        {
            int wanted = item == "LW" ? length : Number(item[..^1]);
            return wanted <= length && NearestWorkingDay(new LocalDate(date.Year, date.Month, wanted)) == date;
        }

        return Table(item, 1, 31, [])[date.Day];
    }

    private static LocalDate NearestWorkingDay(LocalDate wanted)
    {
        int[] distances = [0, -1, 1, -2, 2];
        return distances.Select(wanted.PlusDays)
            .First(day => day.Month == wanted.Month &&
                day.DayOfWeek is not (IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday));
    }

    private static bool DayOfWeekItem(string item, LocalDate date)
    {
        int weekday = (int)date.DayOfWeek % 7;
        if (item.Contains('#'))
        {
            string[] parts = item.Split('#');
            return Weekday(parts[0]) == weekday && (date.Day + 6) / 7 == Number(parts[1]);
        }

        if (item.EndsWith('L'))
        {
            return Weekday(item[..^1]) == weekday && date.PlusDays(7).Month != date.Month;
        }

        if (item.Contains('-') && !item.Contains('/'))
        {
            int first = Weekday(item.Split('-')[0]);
            int last = Weekday(item.Split('-')[1]);
            int span = item.Split('-')[0] == "0" && item.Split('-')[1] == "7" ? 6 : (last - first + 7) % 7;
            return (weekday - first + 7) % 7 <= span;
        }

        return item is "*" or "?" || (item.Contains('/')
            ? Table(item, 0, 6, DayNames)[weekday]
            : Weekday(item) == weekday);
    }

    private static int Weekday(string name) =>
        Array.IndexOf(DayNames, name) is var index && index >= 0 ? index : Number(name) % 7;

    /// <summary>Index n: the value n is allowed.</summary>
    private static bool[] Table(string field, int min, int max, string[] names)
    {
        var table = new bool[max + 1];
        foreach (string item in field.Split(','))
        {
            string[] parts = item.Split('/');
            int step = parts.Length > 1 ? Number(parts[1]) : 1;
            string[] ends = parts[0].Split('-');
            int first = parts[0] is "*" or "?" ? min : Value(ends[0]);
            int last = parts[0] is "*" or "?" ? max
                : ends.Length > 1 ? Value(ends[1])
                : parts.Length > 1 ? max : first;
            int length = last >= first ? last - first : last - first + (max - min + 1);
            for (int distance = 0; distance <= length; distance += step)
            {
                int value = first + distance;
                table[value > max ? value - (max - min + 1) : value] = true;
            }
        }

        return table;

        int Value(string text) => Array.IndexOf(names, text) is var index && index >= 0 ? index : Number(text);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
