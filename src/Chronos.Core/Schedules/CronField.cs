namespace Chronos.Core.Schedules;

/// <summary>One field of a cron expression: its name in messages, the values it takes and their names.</summary>
internal sealed record CronField(string Name, int Min, int Max, string[] Names)
{
    public static readonly CronField Second = new("second", 0, 59, []);
    public static readonly CronField Minute = new("minute", 0, 59, []);
    public static readonly CronField Hour = new("hour", 0, 23, []);
    public static readonly CronField DayOfMonth = new("day of month", 1, 31, []);

    public static readonly CronField Month = new("month", 1, 12,
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]);

    /// <summary>Sunday is 0, and 7 as well where the dialect allows it.</summary>
    public static readonly CronField DayOfWeek = new("day of week", 0, 6,
        ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]);

    public static readonly CronField Year = new("year", CronFields.YearMin, CronFields.YearMax, []);

    public int Size => Max - Min + 1;

    public bool IsDay => this == DayOfMonth || this == DayOfWeek;
}
