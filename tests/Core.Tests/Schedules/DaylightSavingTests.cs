using Chronos.Core.Schedules;
using Xunit;
using static Chronos.Core.Tests.Schedules.ScheduleCases;

namespace Chronos.Core.Tests.Schedules;

/// <summary>Cases that have names, because some scheduler got them wrong in public.</summary>
public sealed class DaylightSavingTests
{
    private const string NewYork = "America/New_York";

    [Theory]
    [InlineData(null, "2015-03-07 02:30-05|2015-03-08 03:00-04 < 2015-03-08 02:30|2015-03-09 02:30-04")]
    [InlineData(GapRule.Next, "2015-03-07 02:30-05|2015-03-08 03:00-04 < 2015-03-08 02:30|2015-03-09 02:30-04")]
    [InlineData(GapRule.Shift, "2015-03-07 02:30-05|2015-03-08 03:30-04 < 2015-03-08 02:30|2015-03-09 02:30-04")]
    [InlineData(GapRule.Skip, "2015-03-07 02:30-05|2015-03-09 02:30-04|2015-03-10 02:30-04")]
    public void Fixed_InGap_FollowsRule(GapRule? rule, string expected) => Assert.Equal(
        expected.Split('|'), Parse("30 2 * * *", NewYork, rule).Preview("2015-03-07T00:00:00Z", 3));

    [Theory]
    [InlineData(null, "2015-11-01 01:30-04|2015-11-02 01:30-05|2015-11-03 01:30-05")]
    [InlineData(OverlapRule.First, "2015-11-01 01:30-04|2015-11-02 01:30-05|2015-11-03 01:30-05")]
    [InlineData(OverlapRule.Last, "2015-11-01 01:30-05|2015-11-02 01:30-05|2015-11-03 01:30-05")]
    [InlineData(OverlapRule.Both, "2015-11-01 01:30-04|2015-11-01 01:30-05|2015-11-02 01:30-05")]
    public void Fixed_InOverlap_FollowsRule(OverlapRule? rule, string expected) => Assert.Equal(
        expected.Split('|'), Parse("30 1 * * *", NewYork, overlap: rule).Preview("2015-11-01T00:00:00-04:00", 3));

    [Fact]
    public void Fixed_SeveralInOneGap_AreOneOccurrence() => Assert.Equal(
        ["2015-03-08 03:00-04 < 2015-03-08 02:10", "2015-03-09 02:10-04"],
        Parse("10,20,50 2 * * *", NewYork).Preview("2015-03-08T00:00:00-05:00", 2));

    [Fact]
    public void Fixed_GapEndIsDueAnyway_IsOneRegularOccurrence() => Assert.Equal(
        ["2015-03-08 03:00-04", "2015-03-09 02:00-04", "2015-03-09 03:00-04"],
        Parse("0 2,3 * * *", NewYork).Preview("2015-03-08T00:00:00-05:00", 3));

    [Theory]
    [InlineData("30 * * * *", null, "2015-03-08 01:30-05|2015-03-08 03:30-04|2015-03-08 04:30-04")]
    [InlineData("*/20 * * * *", null,
        "2015-03-08 01:20-05|2015-03-08 01:40-05|2015-03-08 03:00-04|2015-03-08 03:20-04|2015-03-08 03:40-04")]
    [InlineData("30 * * * *", GapRule.Next,
        "2015-03-08 01:30-05|2015-03-08 03:00-04 < 2015-03-08 02:30|2015-03-08 03:30-04")]
    [InlineData("10 * * * *", GapRule.Shift, "2015-03-08 03:10-04|2015-03-08 04:10-04")]
    public void Flowing_InGap_HasNothingExtraUnlessAsked(string text, GapRule? rule, string expected)
    {
        string[] lines = expected.Split('|');

        Assert.Equal(lines, Parse(text, NewYork, rule).Preview("2015-03-08T01:15:00-05:00", lines.Length));
    }

    [Theory]
    [InlineData(null,
        "2015-11-01 01:00-04|2015-11-01 01:30-04|2015-11-01 01:00-05|2015-11-01 01:30-05|2015-11-01 02:00-05")]
    [InlineData(OverlapRule.First, "2015-11-01 01:00-04|2015-11-01 01:30-04|2015-11-01 02:00-05")]
    [InlineData(OverlapRule.Last, "2015-11-01 01:00-05|2015-11-01 01:30-05|2015-11-01 02:00-05")]
    public void Flowing_InOverlap_RunsInBothCopiesUnlessAsked(OverlapRule? rule, string expected)
    {
        string[] lines = expected.Split('|');

        Assert.Equal(lines, Parse("*/30 * * * *", NewYork, overlap: rule).Preview(
            "2015-11-01T00:45:00-04:00", lines.Length));
    }

    [Theory]
    // Lord Howe moves by half an hour.
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2019-10-05T12:00:00Z", "2019-10-06 02:30+11 < 2019-10-06 02:15")]
    [InlineData("45 1 * * *", "Australia/Lord_Howe", "2019-04-06T12:00:00Z",
        "2019-04-07 01:45+11|2019-04-08 01:45+10:30")]
    // Gaps at midnight: a naive "start of day" does not exist.
    [InlineData("0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
        "2018-11-04 01:00-02 < 2018-11-04 00:00|2018-11-05 00:00-02")]
    [InlineData("0 0 * * *", "Africa/Cairo", "2023-04-27T12:00:00Z",
        "2023-04-28 01:00+03 < 2023-04-28 00:00|2023-04-29 00:00+03")]
    [InlineData("30 0 * * *", "Asia/Beirut", "2022-03-26T12:00:00Z",
        "2022-03-27 01:00+03 < 2022-03-27 00:30|2022-03-28 00:30+03")]
    // Overlap at midnight: 23:30 exists twice on the same day.
    [InlineData("30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00Z", "2018-02-17 23:30-02|2018-02-18 23:30-03")]
    // Ireland's standard time is in summer; its winter time is a negative saving.
    [InlineData("30 1 * * *", "Europe/Dublin", "2021-03-28T00:00:00Z",
        "2021-03-28 02:00+01 < 2021-03-28 01:30|2021-03-29 01:30+01")]
    [InlineData("30 1 * * *", "Europe/Dublin", "2021-10-30T12:00:00Z", "2021-10-31 01:30+01|2021-11-01 01:30+00")]
    // Samoa and Kwajalein skipped a whole day when they crossed the date line.
    [InlineData("0 8 * * *", "Pacific/Apia", "2011-12-29T20:00:00Z",
        "2011-12-31 00:00+14 < 2011-12-30 08:00|2011-12-31 08:00+14")]
    [InlineData("0 * * * *", "Pacific/Apia", "2011-12-30T08:30:00Z",
        "2011-12-29 23:00-10|2011-12-31 00:00+14|2011-12-31 01:00+14")]
    [InlineData("0 8 * * *", "Pacific/Kwajalein", "1993-08-21T00:00:00Z",
        "1993-08-22 00:00+12 < 1993-08-21 08:00|1993-08-22 08:00+12")]
    // Turkey and Brazil gave daylight saving up.
    [InlineData("30 3 * * *", "Europe/Istanbul", "2016-10-29T12:00:00Z", "2016-10-30 03:30+03|2016-10-31 03:30+03")]
    [InlineData("0 0 * * *", "America/Sao_Paulo", "2019-11-02T12:00:00Z", "2019-11-03 00:00-03|2019-11-04 00:00-03")]
    // Liberia moved by 44 minutes and 30 seconds, to a time that no minute starts with.
    [InlineData("15 0 * * *", "Africa/Monrovia", "1972-01-06T12:00:00Z",
        "1972-01-07 00:44:30+00 < 1972-01-07 00:15|1972-01-08 00:15+00")]
    public void Transition_WithAName_IsHandled(string text, string zone, string after, string expected)
    {
        string[] lines = expected.Split('|');

        Assert.Equal(lines, Parse(text, zone).Preview(after, lines.Length));
    }

    [Fact]
    public void Next_FarFuture_FollowsTheLastKnownRule() => Assert.Equal(
        ["2500-03-28 03:00+02 < 2500-03-28 02:30"],
        Parse("30 2 28 3 *", "Europe/Berlin").Preview("2500-01-01T00:00:00Z", 1));
}
