namespace Chronos.Core.Schedules;

/// <summary>Reads schedules. Never throws for bad input; reports every error it can find at once.</summary>
public static class ScheduleParser
{
    // The longest sensible list, all sixty seconds and minutes by number, is about 500 characters.
    private const int LengthMax = 2000;

    /// <summary>
    /// Reads an ISO 8601 repeating interval (<c>R5/2030-01-31T13:00:00Z/P1D</c>), a cron expression, a macro such as
    /// <c>@daily</c>, or <c>@every 90s</c>. A cron expression may name its zone: <c>CRON_TZ=Europe/Berlin 0 2 * *
    /// *</c>.
    /// </summary>
    public static ScheduleParseResult Parse(string text, ScheduleOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(text))
        {
            return Refused("schedule-empty", "",
                "The schedule is empty; write a repeating interval such as R/2030-01-31T13:00:00Z/P1D or a cron " +
                "expression such as 0 2 * * *.");
        }

        if (text.Length > LengthMax)
        {
            return Refused("schedule-too-long", text[..40],
                $"The schedule has {text.Length} characters; at most {LengthMax} are read.");
        }

        return IsoParser.Recognizes(text)
            ? new IsoParser(text, options).Parse()
            : new CronParser(text, options).Parse();
    }

    private static ScheduleParseResult Refused(string code, string value, string message) =>
        new(null, [new(code, "schedule", value, message)]);
}
