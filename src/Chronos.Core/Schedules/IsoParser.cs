using System.Globalization;
using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>
/// Reads <c>R[n]/start/period</c>. The letters are upper case and there are no blanks, as in Chronos.
/// </summary>
internal sealed class IsoParser(string text, ScheduleOptions options)
{
    private const long MixedStepMin = 3_600_000;
    private const string Form = "R5/2030-01-31T13:00:00Z/P1D";

    private readonly List<ScheduleError> errors = [];

    /// <summary>Whether the text is meant as a repeating interval, right or wrong.</summary>
    public static bool Recognizes(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart();
        if (rest.IsEmpty || rest[0] is not ('R' or 'r'))
        {
            return false;
        }

        rest = rest[1..].TrimStart("-0123456789");
        return rest.IsEmpty || rest[0] == '/';
    }

    public ScheduleParseResult Parse()
    {
        int first = text.IndexOf('/');
        int last = text.LastIndexOf('/');
        if (text[0] != 'R' || first == last || text.Any(char.IsWhiteSpace))
        {
            Refuse("iso-form", "schedule", text,
                $"is not a repeating interval; write repeat, start and period as {Form}, in upper case " +
                "and without blanks");
            return new(null, errors);
        }

        long? count = ParseCount(text[1..first]);
        IsoStart? start = ParseStart(text[(first + 1)..last]);
        IsoPeriod period = ParsePeriod(text[(last + 1)..]);
        DateTimeZone zone = ChooseZone(start);
        if (errors.Count > 0)
        {
            return new(null, errors);
        }

        var schedule = new IsoSchedule(text, zone, start, count, period, options);
        return new(schedule, errors);
    }

    private long? ParseCount(string digits)
    {
        if (digits.Length == 0)
        {
            return null;
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
        {
            Refuse("iso-repeat", "repeat", "R" + digits,
                "is not a number of repetitions; write R for no limit or R5 for five");
        }

        return count;
    }

    private IsoStart? ParseStart(string start)
    {
        if (start.Length == 0)
        {
            return null;
        }

        if (!IsoStart.TryParse(start, out var parsed, out string problem))
        {
            Refuse("iso-start", "start", start, "cannot be read: " + problem);
            return null;
        }

        // A day is kept free at the end so that no offset carries the start out of the calendar.
        if (parsed.Wall > UnixTime.MillisecondsMax - UnixTime.MillisecondsPerDay)
        {
            Refuse("iso-start", "start", start, "is too late; the last day that can be scheduled is 9999-12-30");
            return null;
        }

        return parsed;
    }

    private IsoPeriod ParsePeriod(string text)
    {
        if (!IsoPeriod.TryParse(text, out var period))
        {
            Refuse("iso-period", "period", text,
                "is not a period; write years to seconds in this order, each at most once, as P1Y2M3W4DT5H6M7.008S");
            return period;
        }

        if (period.MeanMilliseconds < 0)
        {
            Refuse("iso-period-negative", "period", text, "runs backwards; give it a positive length");
        }
        else if (period.MixesSigns && period.ShortestMilliseconds < MixedStepMin)
        {
            Refuse("iso-period-mixed", "period", text,
                "mixes signs and may advance by less than an hour; write it without negative parts");
        }

        return period;
    }

    /// <summary>
    /// A zone that is set rules, and keeps the digits of the start. Otherwise the offset in the start rules, as a zone
    /// without daylight saving. A start without offset is read in the default zone.
    /// </summary>
    private DateTimeZone ChooseZone(IsoStart? start)
    {
        if (options.TimeZone.Length > 0)
        {
            var zone = ZoneLookup.Find(options.TimeZone);
            if (zone is null)
            {
                errors.Add(ZoneLookup.UnknownZone(options.TimeZone));
            }

            return zone ?? DateTimeZone.Utc;
        }

        return start?.OffsetMilliseconds is { } offset
            ? DateTimeZone.ForOffset(Offset.FromMilliseconds(offset))
            : options.DefaultZone;
    }

    private void Refuse(string code, string field, string value, string problem) =>
        errors.Add(new(code, field, value, $"The {field} '{value}' {problem}."));
}
