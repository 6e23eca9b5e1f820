using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>Reads cron expressions of five, six or seven fields, and the macros that stand for them.</summary>
internal sealed class CronParser(string text, ScheduleOptions options)
{
    /// <summary>The Gregorian calendar repeats after 400 years, weekdays included.</summary>
    private const int CalendarCycleYears = 400;

    private static readonly CronField[] FromMinute =
        [CronField.Minute, CronField.Hour, CronField.DayOfMonth, CronField.Month, CronField.DayOfWeek];

    private static readonly CronField[] FromSecond = [CronField.Second, .. FromMinute];
    private static readonly CronField[] WithYear = [.. FromSecond, CronField.Year];
    private static readonly CronField[] WithoutDayOfWeek = [.. FromSecond.Take(5)];

    private readonly List<ScheduleError> errors = [];
    private readonly bool chronosGo = options.Dialect == CronDialect.ChronosGo;
    private bool flowing;
    private bool anyDayOfMonth = true;
    private bool anyDayOfWeek = true;

    public ScheduleParseResult Parse()
    {
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var zone = ChooseZone(ref words);
        if (words.Length > 0 && words[0].StartsWith('@'))
        {
            return ParseMacro(words, zone);
        }

        return ParseFields(words, zone, chronosGo);
    }

    private ScheduleParseResult ParseMacro(string[] words, DateTimeZone zone)
    {
        if (words[0].Equals("@every", StringComparison.OrdinalIgnoreCase))
        {
            return ParseEvery(string.Concat(words[1..]), zone);
        }

        string? fields = words.Length > 1 ? null : words[0].ToLowerInvariant() switch
        {
            "@yearly" or "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" or "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            _ => null,
        };
        if (fields is null)
        {
            Refuse("cron-macro", "schedule", text, "is not known; write @yearly, @annually, @monthly, @weekly, " +
                "@daily, @midnight, @hourly or @every 90s");
            return new(null, errors);
        }

        return ParseFields(fields.Split(' '), zone, secondFirst: false);
    }

    private ScheduleParseResult ParseEvery(string duration, DateTimeZone zone)
    {
        if (!GoDuration.TryParse(duration, out long milliseconds) || milliseconds < 1000)
        {
            Refuse("every-duration", "duration", duration,
                "is not a duration of at least one second; write it as 90s, 1h30m or 1d");
            return new(null, errors);
        }

        // robfig/cron cuts to whole seconds.
        long period = chronosGo ? milliseconds / 1000 * 1000 : milliseconds;
        return new(new EverySchedule(text, zone, period, null), errors);
    }

    private ScheduleParseResult ParseFields(string[] words, DateTimeZone zone, bool secondFirst)
    {
        CronField[]? layout = (secondFirst, words.Length) switch
        {
            (true, 5) => WithoutDayOfWeek,
            (false, 5) => FromMinute,
            (_, 6) => FromSecond,
            (false, 7) => WithYear,
            _ => null,
        };
        if (layout is null)
        {
            Refuse("cron-field-count", "schedule", text, secondFirst
                ? $"has {words.Length} fields; chronos-go takes second, minute, hour, day of month, month and " +
                    "perhaps day of week"
                : $"has {words.Length} fields; write 5 (minute, hour, day of month, month, day of week), 6 (second " +
                    "first) or 7 (and year last), or a repeating interval such as R/2030-01-31T13:00:00Z/P1D");
            return new(null, errors);
        }

        var fields = new CronFields { Seconds = 1, DaysOfWeek = 0x7F };
        for (int index = 0; index < layout.Length; index++)
        {
            ParseField(layout[index], words[index], ref fields);
        }

        fields.EitherDay = !anyDayOfMonth && !anyDayOfWeek;
        if (errors.Count == 0 && !EverOccurs(fields))
        {
            Refuse("cron-never", "schedule", text, "never occurs: no date of the calendar matches its day, month and " +
                "year fields");
        }

        return new(errors.Count > 0 ? null : new CronSchedule(text, zone, fields, flowing, options), errors);
    }

    private void ParseField(CronField field, string value, ref CronFields fields)
    {
        Span<bool> set = stackalloc bool[field.Size];
        set.Clear();
        var parser = new CronFieldParser(field, value, options, errors, set);
        parser.Parse(ref fields);
        if (field == CronField.Second || field == CronField.Minute || field == CronField.Hour)
        {
            flowing |= parser.Flows;
        }

        anyDayOfMonth = field == CronField.DayOfMonth ? parser.IsUnrestricted : anyDayOfMonth;
        anyDayOfWeek = field == CronField.DayOfWeek ? parser.IsUnrestricted : anyDayOfWeek;
        Store(field, set, value, ref fields);
    }

    private static void Store(CronField field, ReadOnlySpan<bool> set, string value, ref CronFields fields)
    {
        if (field == CronField.Year)
        {
            fields.Years = value == "*" ? null : YearMask(set);
            return;
        }

        ulong mask = 0;
        for (int index = 0; index < set.Length; index++)
        {
            mask |= set[index] ? 1UL << (index + field.Min) : 0;
        }

        switch (field.Name)
        {
            case "second": fields.Seconds = mask; break;
            case "minute": fields.Minutes = mask; break;
            case "hour": fields.Hours = (uint)mask; break;
            case "day of month": fields.DaysOfMonth = (uint)mask; break;
            case "month": fields.Months = (ushort)mask; break;
            case "day of week": fields.DaysOfWeek = (byte)mask; break;
            default: throw new InvalidOperationException($"The cron field '{field.Name}' has no mask.");
        }
    }

    private static ulong[] YearMask(ReadOnlySpan<bool> set)
    {
        var mask = new ulong[(set.Length + 63) / 64];
        for (int index = 0; index < set.Length; index++)
        {
            mask[index / 64] |= set[index] ? 1UL << (index % 64) : 0;
        }

        return mask;
    }

    private static bool EverOccurs(in CronFields fields)
    {
        long from = CivilCalendar.DayNumber(CronFields.YearMin, 1, 1) * UnixTime.SecondsPerDay;
        long limit = CivilCalendar.DayNumber(CronFields.YearMin + CalendarCycleYears, 1, 1) * UnixTime.SecondsPerDay;
        return fields.NextWall(from, limit) != CronFields.None;
    }

    /// <summary>Takes a leading <c>CRON_TZ=</c> or <c>TZ=</c> off the words.</summary>
    private DateTimeZone ChooseZone(ref string[] words)
    {
        string id = options.TimeZone;
        if (words.Length > 0 && (words[0].StartsWith("CRON_TZ=", StringComparison.Ordinal) ||
            words[0].StartsWith("TZ=", StringComparison.Ordinal)))
        {
            string prefix = words[0][(words[0].IndexOf('=') + 1)..];
            if (id.Length > 0 && id != prefix)
            {
                Refuse("zone-twice", "time zone", prefix,
                    $"in the expression contradicts the job's time zone '{id}'; remove one of them");
            }

            id = prefix;
            words = words[1..];
        }

        if (id.Length == 0)
        {
            return options.DefaultZone;
        }

        var zone = ZoneLookup.Find(id);
        if (zone is null)
        {
            errors.Add(ZoneLookup.UnknownZone(id));
        }

        return zone ?? DateTimeZone.Utc;
    }

    private void Refuse(string code, string field, string value, string problem) =>
        errors.Add(new(code, field, value, $"The {field} '{value}' {problem}."));
}
