using Chronos.Core.Schedules;
using Xunit;
using static Chronos.Core.Tests.Schedules.ScheduleCases;

namespace Chronos.Core.Tests.Schedules;

public sealed class ChronosGoTests
{
    private static readonly ScheduleOptions Dialect = new() { Dialect = CronDialect.ChronosGo };

    [Theory]
    [InlineData("*/10 * * * * ?", "2030-01-01 12:00:10+00|2030-01-01 12:00:20+00|2030-01-01 12:00:30+00")]
    [InlineData("*/13 * * * * ?", "2030-01-01 12:00:13+00|2030-01-01 12:00:26+00|2030-01-01 12:00:39+00|" +
        "2030-01-01 12:00:52+00|2030-01-01 12:01+00")]
    [InlineData("0 30 9 * * MON-FRI",
        "2030-01-02 09:30+00|2030-01-03 09:30+00|2030-01-04 09:30+00|2030-01-07 09:30+00")]
    [InlineData("0 0 0 1 * MON", "2030-01-07 00:00+00|2030-01-14 00:00+00|2030-01-21 00:00+00|2030-01-28 00:00+00|" +
        "2030-02-01 00:00+00")]
    [InlineData("0 0 0 */2 * MON", "2030-01-07 00:00+00|2030-01-21 00:00+00")]
    [InlineData("30 5 12 * *", "2030-01-01 12:05:30+00|2030-01-02 12:05:30+00")]
    [InlineData("? ? ? ? ? ?", "2030-01-01 12:00:04+00|2030-01-01 12:00:05+00")]
    [InlineData("@hourly", "2030-01-01 13:00+00|2030-01-01 14:00+00")]
    [InlineData("0 */90 * * * *", "2030-01-01 13:00+00|2030-01-01 14:00+00")]
    public void ChronosGo_Valid_OccursAt(string text, string expected)
    {
        string[] lines = expected.Split('|');

        var schedule = ScheduleParser.Parse(text, Dialect).Schedule!;

        Assert.Equal(lines, schedule.Preview("2030-01-01T12:00:03Z", lines.Length));
    }

    [Theory]
    [InlineData("0 0 12 31 2 ?", "cron-never")]
    [InlineData("60 * * * * *", "cron-out-of-range")]
    [InlineData("* * * *", "cron-field-count")]
    [InlineData("* * * * * * 2030", "cron-field-count")]
    [InlineData("* * * * * 7", "cron-out-of-range")]
    [InlineData("0 0 0 L * ?", "cron-syntax")]
    [InlineData("0 0 0 15W * ?", "cron-syntax")]
    [InlineData("0 0 0 ? * MON#2", "cron-syntax")]
    [InlineData("H 0 0 ? * *", "cron-syntax")]
    [InlineData("0 0 22-2 * * *", "cron-range-order")]
    public void ChronosGo_Invalid_IsRefused(string text, string code) =>
        Assert.Equal(code, Refused(text, Dialect).Code);

    [Fact]
    public void ChronosGo_Every_IsCutToSeconds()
    {
        var anchor = At("2030-01-01T00:00:00Z");

        var schedule = ScheduleParser.Parse("@every 30900ms", Dialect).Schedule!.AnchoredAt(anchor);

        Assert.Equal(["2030-01-01 00:00:30+00", "2030-01-01 00:01+00"], schedule.Preview("2030-01-01T00:00:00Z", 2));
    }

    [Fact]
    public void ChronosGo_Interval_IsReadAsWell() =>
        Assert.IsType<IsoSchedule>(ScheduleParser.Parse("R/2030-01-01/P1D", Dialect).Schedule);
}
