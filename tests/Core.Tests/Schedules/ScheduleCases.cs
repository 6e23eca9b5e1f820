using System.Globalization;
using Chronos.Core.Schedules;
using NodaTime;
using NodaTime.Text;
using Xunit;

namespace Chronos.Core.Tests.Schedules;

/// <summary>Short forms that let a test say only what it is about.</summary>
internal static class ScheduleCases
{
    public static Instant At(string text) => OffsetDateTimePattern.Rfc3339.Parse(text).Value.ToInstant();

    public static Schedule Parse(string text, string zone = "", GapRule? gap = null, OverlapRule? overlap = null)
    {
        var result = ScheduleParser.Parse(text, new() { TimeZone = zone, Gap = gap, Overlap = overlap });
        Assert.True(result.Succeeded, string.Join(' ', result.Errors.Select(error => error.Message)));
        return result.Schedule;
    }

    public static IsoSchedule ParseIso(string text, string zone = "") => Assert.IsType<IsoSchedule>(Parse(text, zone));

    public static ScheduleError Refused(string text, ScheduleOptions? options = null)
    {
        var result = ScheduleParser.Parse(text, options ?? new());
        Assert.Null(result.Schedule);
        return Assert.Single(result.Errors);
    }

    /// <summary>Wall times in the schedule's zone with offsets, and "&lt; hh:mm" for those that were shifted.</summary>
    public static string[] Preview(this Schedule schedule, string after, int count)
    {
        var lines = new List<string>();
        var cursor = At(after);
        while (lines.Count < count && schedule.Next(cursor) is { } next)
        {
            var zoned = next.At.InZone(schedule.Zone);
            string shifted = next.ShiftedFrom is { } wall
                ? " < " + wall.ToString("uuuu-MM-dd HH:mm", CultureInfo.InvariantCulture)
                : "";
            string seconds = zoned.Second == 0 ? "" : zoned.ToString(":ss", CultureInfo.InvariantCulture);
            lines.Add(zoned.ToString("uuuu-MM-dd HH:mm", CultureInfo.InvariantCulture) + seconds +
                zoned.Offset.ToString("g", CultureInfo.InvariantCulture) + shifted);
            cursor = next.At;
        }

        return [.. lines];
    }
}
