using Chronos.Core.Schedules;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Schedules.ScheduleCases;

namespace Chronos.Core.Tests.Schedules;

public sealed class CronParsingTests
{
    [Theory]
    [InlineData("*/5 * * * *", "2030-01-01 00:00+00|2030-01-01 00:05+00")]
    [InlineData("7/20 * * * *", "2030-01-01 00:07+00|2030-01-01 00:27+00|2030-01-01 00:47+00|2030-01-01 01:07+00")]
    [InlineData("5-10/3 2 * * *", "2030-01-01 02:05+00|2030-01-01 02:08+00|2030-01-02 02:05+00")]
    [InlineData("0 22-2/2 * * *", "2030-01-01 00:00+00|2030-01-01 02:00+00|2030-01-01 22:00+00|2030-01-02 00:00+00")]
    [InlineData("0 0 * * FRI-mon",
        "2030-01-04 00:00+00|2030-01-05 00:00+00|2030-01-06 00:00+00|2030-01-07 00:00+00|2030-01-11 00:00+00")]
    [InlineData("0 0 * * 7", "2030-01-06 00:00+00|2030-01-13 00:00+00")]
    [InlineData("0 0 * * 5-7", "2030-01-04 00:00+00|2030-01-05 00:00+00|2030-01-06 00:00+00|2030-01-11 00:00+00")]
    [InlineData("0 0 * * WED", "2030-01-02 00:00+00|2030-01-09 00:00+00")]
    [InlineData("0 0 1 jan,JUL *", "2030-01-01 00:00+00|2030-07-01 00:00+00|2031-01-01 00:00+00")]
    [InlineData("0 0 1 NOV-FEB *", "2030-01-01 00:00+00|2030-02-01 00:00+00|2030-11-01 00:00+00")]
    [InlineData("30 1 0 * * *", "2030-01-01 00:01:30+00|2030-01-02 00:01:30+00")]
    [InlineData("0 0 0 1 1 ? 2031,2033", "2031-01-01 00:00+00|2033-01-01 00:00+00")]
    [InlineData("0 0 0 1 1 ? 2031-2032", "2031-01-01 00:00+00|2032-01-01 00:00+00")]
    [InlineData("0 0 0 1 1 * *", "2030-01-01 00:00+00|2031-01-01 00:00+00")]
    [InlineData("0 0 L * *", "2030-01-31 00:00+00|2030-02-28 00:00+00|2030-03-31 00:00+00")]
    [InlineData("0 0 L-3 * ?", "2030-01-28 00:00+00|2030-02-25 00:00+00")]
    [InlineData("0 0 L-30 * ?", "2030-01-01 00:00+00|2030-03-01 00:00+00")]
    [InlineData("0 0 1,L * *", "2030-01-01 00:00+00|2030-01-31 00:00+00|2030-02-01 00:00+00")]
    [InlineData("0 0 15w * ?",
        "2030-01-15 00:00+00|2030-02-15 00:00+00|2030-03-15 00:00+00|2030-04-15 00:00+00|2030-05-15 00:00+00|" +
        "2030-06-14 00:00+00")]
    [InlineData("0 0 1W 6 ?", "2030-06-03 00:00+00|2031-06-02 00:00+00|2032-06-01 00:00+00")]
    [InlineData("0 0 LW * ?", "2030-01-31 00:00+00|2030-02-28 00:00+00|2030-03-29 00:00+00")]
    [InlineData("0 0 ? * 5L", "2030-01-25 00:00+00|2030-02-22 00:00+00|2030-03-29 00:00+00")]
    [InlineData("0 0 ? * friL", "2030-01-25 00:00+00|2030-02-22 00:00+00")]
    [InlineData("0 0 ? * MON#2", "2030-01-14 00:00+00|2030-02-11 00:00+00")]
    [InlineData("0 0 ? * 7#1,1#5",
        "2030-01-06 00:00+00|2030-02-03 00:00+00|2030-03-03 00:00+00|2030-04-07 00:00+00|2030-04-29 00:00+00")]
    [InlineData("0 0 13 * FRI", "2030-01-04 00:00+00|2030-01-11 00:00+00|2030-01-13 00:00+00|2030-01-18 00:00+00")]
    [InlineData("0 0 */2 * MON", "2030-01-07 00:00+00|2030-01-21 00:00+00")]
    [InlineData("0 0 29 2 *", "2032-02-29 00:00+00|2036-02-29 00:00+00")]
    [InlineData("0 0 29 2 ?", "2032-02-29 00:00+00|2036-02-29 00:00+00")]
    [InlineData("@yearly", "2030-01-01 00:00+00|2031-01-01 00:00+00")]
    [InlineData("@annually", "2030-01-01 00:00+00|2031-01-01 00:00+00")]
    [InlineData("@monthly", "2030-01-01 00:00+00|2030-02-01 00:00+00")]
    [InlineData("@weekly", "2030-01-06 00:00+00|2030-01-13 00:00+00")]
    [InlineData("@daily", "2030-01-01 00:00+00|2030-01-02 00:00+00")]
    [InlineData("@Midnight", "2030-01-01 00:00+00|2030-01-02 00:00+00")]
    [InlineData("@hourly", "2030-01-01 00:00+00|2030-01-01 01:00+00")]
    [InlineData("  0  0\t1 1 * ", "2030-01-01 00:00+00|2031-01-01 00:00+00")]
    [InlineData("CRON_TZ=Europe/Berlin 0 2 * * *", "2030-01-01 02:00+01|2030-01-02 02:00+01")]
    [InlineData("TZ=Asia/Tokyo @daily", "2030-01-02 00:00+09|2030-01-03 00:00+09")]
    public void Cron_Valid_OccursAt(string text, string expected)
    {
        string[] lines = expected.Split('|');

        Assert.Equal(lines, Parse(text).Preview("2029-12-31T23:59:59Z", lines.Length));
    }

    [Theory]
    [InlineData("60 * * * *", "cron-out-of-range",
        "The minute field '60' has the value 60, which is out of range; it takes 0 to 59.")]
    [InlineData("* 24 * * *", "cron-out-of-range",
        "The hour field '24' has the value 24, which is out of range; it takes 0 to 23.")]
    [InlineData("* * 0 * *", "cron-out-of-range",
        "The day of month field '0' has the value 0, which is out of range; it takes 1 to 31.")]
    [InlineData("* * * 13 *", "cron-out-of-range",
        "The month field '13' has the value 13, which is out of range; it takes 1 to 12.")]
    [InlineData("* * * * 8", "cron-out-of-range",
        "The day of week field '8' has the value 8, which is out of range; it takes 0 to 7.")]
    [InlineData("* * * FOO *", "cron-syntax",
        "The month field 'FOO' has 'FOO' where a number or JAN to DEC is expected.")]
    [InlineData("1,,2 * * * *", "cron-syntax",
        "The minute field '1,,2' has an empty place in its list; remove the extra comma.")]
    [InlineData("1- * * * *", "cron-syntax", "The minute field '1-' has '' where a number is expected.")]
    [InlineData("-1 * * * *", "cron-syntax", "The minute field '-1' has '-1' where a number is expected.")]
    [InlineData("*/0 * * * *", "cron-step",
        "The minute field '*/0' has the step '0'; a step is a whole number from 1.")]
    [InlineData("/5 * * * *", "cron-syntax", "The minute field '/5' has '' where a number is expected.")]
    [InlineData("*/x * * * *", "cron-step",
        "The minute field '*/x' has the step 'x'; a step is a whole number from 1.")]
    [InlineData("*/90 * * * *", "cron-step",
        "The minute field '*/90' has the step 90, longer than the field's 60 values; it would start over each time, " +
        "so write the one value that is meant.")]
    [InlineData("? * * * *", "cron-question-mark",
        "The minute field '?' may hold '?' only alone and only in a day field; write *.")]
    [InlineData("* * ?/2 * *", "cron-question-mark",
        "The day of month field '?/2' may hold '?' only alone and only in a day field; write *.")]
    [InlineData("* * 32W * *", "cron-counted-day",
        "The day of month field '32W' cannot use '32W'; write L (last day), L-3 (third before it), 15W or LW " +
        "(nearest " +
        "working day).")]
    [InlineData("* * * * L", "cron-counted-day",
        "The day of week field 'L' cannot use 'L'; write FRIL (last Friday of the month) or MON#2 (second Monday, up " +
        "to #5).")]
    [InlineData("* * * * MON#6", "cron-counted-day",
        "The day of week field 'MON#6' cannot use 'MON#6'; write FRIL (last Friday of the month) or MON#2 (second " +
        "Monday, up to #5).")]
    [InlineData("H(50-70) * * * *", "cron-hash",
        "The minute field 'H(50-70)' cannot use 'H(50-70)'; write H or H(a-b) with a at most b, in any field but the " +
        "year.")]
    [InlineData("0 0 0 1 1 ? 2032-2031", "cron-range-order",
        "The year field '2032-2031' has the range '2032-2031', which ends before it begins; swap its ends.")]
    [InlineData("0 0 31 2 *", "cron-never",
        "The schedule '0 0 31 2 *' never occurs: no date of the calendar matches its day, month and year fields.")]
    [InlineData("0 0 0 29 2 ? 2031", "cron-never",
        "The schedule '0 0 0 29 2 ? 2031' never occurs: no date of the calendar matches its day, month and year " +
        "fields.")]
    [InlineData("* * * *", "cron-field-count",
        "The schedule '* * * *' has 4 fields; write 5 (minute, hour, day of month, month, day of week), 6 (second " +
        "first) or 7 (and year last), or a repeating interval such as R/2030-01-31T13:00:00Z/P1D.")]
    [InlineData("@reboot", "cron-macro",
        "The schedule '@reboot' is not known; write @yearly, @annually, @monthly, @weekly, @daily, @midnight, " +
        "@hourly " +
        "or @every 90s.")]
    [InlineData("@every 500ms", "every-duration",
        "The duration '500ms' is not a duration of at least one second; write it as 90s, 1h30m or 1d.")]
    [InlineData("@every", "every-duration",
        "The duration '' is not a duration of at least one second; write it as 90s, 1h30m or 1d.")]
    [InlineData("@every 5 parsecs", "every-duration",
        "The duration '5parsecs' is not a duration of at least one second; write it as 90s, 1h30m or 1d.")]
    [InlineData("CRON_TZ=Nowhere 0 2 * * *", "zone-unknown",
        "The time zone 'Nowhere' is unknown; write an IANA id such " +
        "as Europe/Berlin, or GMT+02:00")]
    [InlineData("FOO", "cron-field-count",
        "The schedule 'FOO' has 1 fields; write 5 (minute, hour, day of month, month, day of week), 6 (second first) " +
        "or 7 (and year last), or a repeating interval such as R/2030-01-31T13:00:00Z/P1D.")]
    public void Cron_Invalid_IsRefusedWithRemedy(string text, string code, string message)
    {
        var error = Refused(text);

        Assert.Equal(code, error.Code);
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Schedule_Empty_IsRefused(string text) => Assert.Equal("schedule-empty", Refused(text).Code);

    [Fact]
    public void Schedule_TooLong_IsRefused() =>
        Assert.Equal("schedule-too-long", Refused(new string('1', 2001)).Code);

    [Fact]
    public void Cron_SeveralErrors_AreAllReported() => Assert.Equal(
        ["minute", "hour", "month"],
        ScheduleParser.Parse("60 25 1 0 *", new()).Errors.Select(error => error.Field));

    [Fact]
    public void Cron_ZoneInTextAndJob_MustAgree()
    {
        Assert.Equal("zone-twice", Refused("TZ=Asia/Tokyo 0 2 * * *", new() { TimeZone = "Europe/Berlin" }).Code);
        Assert.Equal("Asia/Tokyo", Parse("TZ=Asia/Tokyo 0 2 * * *", "Asia/Tokyo").Zone.Id);
    }

    [Theory]
    [InlineData("30 2 * * *", ScheduleKind.Fixed)]
    [InlineData("0,30 1,2 * * *", ScheduleKind.Fixed)]
    [InlineData("H H * * *", ScheduleKind.Fixed)]
    [InlineData("H H(0-7) */2 1-3 *", ScheduleKind.Fixed)]
    [InlineData("30 * * * *", ScheduleKind.Flowing)]
    [InlineData("0 2-2 * * *", ScheduleKind.Flowing)]
    [InlineData("H/15 2 * * *", ScheduleKind.Flowing)]
    [InlineData("*/10 30 2 * * *", ScheduleKind.Flowing)]
    [InlineData("@every 1h", ScheduleKind.Elapsed)]
    [InlineData("R/2030-01-01/PT1H", ScheduleKind.Elapsed)]
    [InlineData("R/2030-01-01/P1D", ScheduleKind.Fixed)]
    public void Kind_Text_DecidesIt(string text, ScheduleKind expected) => Assert.Equal(expected, Parse(text).Kind);

    [Theory]
    [InlineData("@every 90s", "2030-01-01T00:01:30Z")]
    [InlineData("@every 1h30m", "2030-01-01T01:30:00Z")]
    [InlineData("@every 1h30m10s", "2030-01-01T01:30:10Z")]
    [InlineData("@every 1.5h", "2030-01-01T01:30:00Z")]
    [InlineData("@every 1d", "2030-01-02T00:00:00Z")]
    [InlineData("@every 1500ms", "2030-01-01T00:00:01.5Z")]
    public void Every_Anchored_StartsOnePeriodLater(string text, string expected)
    {
        var anchor = At("2030-01-01T00:00:00Z");
        var schedule = Parse(text).AnchoredAt(anchor);

        Assert.True(Parse(text).NeedsAnchor);
        Assert.Equal(At(expected), schedule.Next(Instant.MinValue)?.At);
        Assert.Equal(At(expected), schedule.Next(anchor)?.At);
        Assert.Equal(At(expected) + (At(expected) - anchor), schedule.Next(At(expected))?.At);
        Assert.Null(schedule.Latest(anchor));
        Assert.Equal(At(expected), schedule.Latest(At(expected))?.At);
    }

    [Fact]
    public void Hash_ManyJobs_SpreadOverTheField()
    {
        var minutes = Enumerable.Range(0, 600)
            .Select(job => new ScheduleOptions { HashSeed = StableHash.Of($"job-{job}") })
            .Select(options => ScheduleParser.Parse("H H(0-7) * * *", options).Schedule!)
            .Select(schedule => schedule.Next(Instant.MinValue)!.Value.At)
            .GroupBy(at => at.InUtc().Minute).ToList();

        Assert.Equal(60, minutes.Count);
        Assert.All(minutes, minute => Assert.InRange(minute.Count(), 1, 30));
        Assert.All(minutes, minute => Assert.All(minute, at => Assert.InRange(at.InUtc().Hour, 0, 7)));
    }

    [Fact]
    public void Hash_SameSeed_IsSameTimeForever()
    {
        var options = new ScheduleOptions { HashSeed = StableHash.Of("nightly-report") };

        var schedule = ScheduleParser.Parse("H H H * *", options).Schedule!;

        Assert.Equal(["2030-01-18 16:19+00", "2030-02-18 16:19+00"], schedule.Preview("2030-01-01T00:00:00Z", 2));
    }

    [Fact]
    public void Hash_WithStep_StartsWithinTheStep()
    {
        var schedule = ScheduleParser.Parse("H(0-29)/10 * * * *", new() { HashSeed = 5 }).Schedule!;

        var minutes = schedule.Preview("2030-01-01T00:00:00Z", 3)
            .Select(line => int.Parse(line[14..16], null)).ToList();

        Assert.InRange(minutes[0], 0, 9);
        Assert.Equal([minutes[0], minutes[0] + 10, minutes[0] + 20], minutes);
    }

    [Fact]
    public void StableHash_KnownTexts_NeverChange()
    {
        Assert.Equal(StableHash.Of("a"u8), StableHash.Of("a"u8));
        Assert.NotEqual(StableHash.Of("ab"), StableHash.Of("ba"));
        Assert.Equal(17280346270528514342UL, StableHash.Of(ReadOnlySpan<char>.Empty));
    }
}
