using Chronos.Core.Schedules;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Schedules.ScheduleCases;

namespace Chronos.Core.Tests.Schedules;

public sealed class IsoOccurrenceTests
{
    [Theory]
    [InlineData("R/2012-01-01T00:00:01Z/PT1M", "2012-01-01T00:00:01.5Z", "2012-01-01T00:01:01Z")]
    [InlineData("R/2012-01-01T00:00:01Z/PT1M", "2012-01-01T00:05:00Z", "2012-01-01T00:05:01Z")]
    [InlineData("R/2012-01-01T00:00:01Z/PT1M", "2012-01-01T00:05:01Z", "2012-01-01T00:06:01Z")]
    [InlineData("R/2012-01-01T00:00:00Z/PT1.5S", "2012-01-01T00:00:10Z", "2012-01-01T00:00:10.5Z")]
    [InlineData("R/2012-01-01T00:00:00Z/PT0.5S", "2012-01-01T00:00:10Z", "2012-01-01T00:00:10.5Z")]
    [InlineData("R/2012-01-01/P1W", "2012-01-20T00:00:00Z", "2012-01-22T00:00:00Z")]
    [InlineData("R/2012-01-01T00:00:01Z/P1M", "2012-02-29T23:00:00Z", "2012-03-01T00:00:01Z")]
    [InlineData("R/2012-01-01T00:00:01Z/P1M", "2012-03-01T00:00:30Z", "2012-04-01T00:00:01Z")]
    [InlineData("R/2012-01-01T00:00:01Z/P1M", "2016-12-31T12:00:00Z", "2017-01-01T00:00:01Z")]
    [InlineData("R/2012-01-01/P1M1D", "2012-05-01T12:00:00Z", "2012-05-05T00:00:00Z")]
    [InlineData("R/1700-01-01T00:00:00Z/PT1S", "2030-01-01T00:00:00.25Z", "2030-01-01T00:00:01Z")]
    [InlineData("R/0001-01-31/P1M", "2030-02-01T00:00:00Z", "2030-02-28T00:00:00Z")]
    [InlineData("R/2030-01-01T00:00:00Z/P1D", "1900-01-01T00:00:00Z", "2030-01-01T00:00:00Z")]
    [InlineData("R/2012-01-01/P1DT12H", "2012-01-03T00:00:00Z", "2012-01-04T00:00:00Z")]
    [InlineData("R/2012-02-29/P1Y", "2012-03-01T00:00:00Z", "2013-02-28T00:00:00Z")]
    [InlineData("R/2012-02-29/P1Y", "2015-03-01T00:00:00Z", "2016-02-29T00:00:00Z")]
    [InlineData("R/2012-01-31/P1M-1D", "2012-01-31T00:00:00Z", "2012-02-28T00:00:00Z")]
    public void Next_AfterInstant_IsNextMultipleOfPeriod(string text, string after, string expected) =>
        Assert.Equal(At(expected), Parse(text).Next(At(after))?.At);

    [Fact]
    public void Next_MonthEnd_ClampsAndReturns() => Assert.Equal(
        ["2011-01-31 00:00+00", "2011-02-28 00:00+00", "2011-03-31 00:00+00", "2011-04-30 00:00+00"],
        Parse("R/2011-01-31/P1M").Preview("2010-01-01T00:00:00Z", 4));

    [Fact]
    public void Next_DayInGap_MovesForThatDayOnly() => Assert.Equal(
        ["2015-03-07 02:30-05", "2015-03-08 03:00-04 < 2015-03-08 02:30", "2015-03-09 02:30-04"],
        Parse("R/2015-03-07T02:30:00/P1D", "America/New_York").Preview("2015-01-01T00:00:00Z", 3));

    [Fact]
    public void Next_StartInGap_MovesByGapLength() => Assert.Equal(
        ["2015-03-08 03:30-04 < 2015-03-08 02:30", "2015-03-09 02:30-04"],
        Parse("R/2015-03-08T02:30:00/P1D", "America/New_York").Preview("2015-01-01T00:00:00Z", 2));

    [Fact]
    public void Next_DayInOverlap_IsFirstCopy() => Assert.Equal(
        ["2015-10-31 01:30-04", "2015-11-01 01:30-04", "2015-11-02 01:30-05"],
        Parse("R/2015-10-31T01:30:00/P1D", "America/New_York").Preview("2015-01-01T00:00:00Z", 3));

    [Fact]
    public void Next_DayInOverlapBoth_IsBothCopies() => Assert.Equal(
        ["2015-11-01 01:30-04", "2015-11-01 01:30-05", "2015-11-02 01:30-05"],
        Parse("R/2015-10-31T01:30:00/P1D", "America/New_York", overlap: OverlapRule.Both)
            .Preview("2015-11-01T00:00:00Z", 3));

    [Fact]
    public void Next_NoonAcrossTransition_StaysAtNoon() => Assert.Equal(
        ["2015-03-07 12:00-05", "2015-03-08 12:00-04"],
        Parse("R/2015-03-07T12:00:00/P1D", "America/New_York").Preview("2015-01-01T00:00:00Z", 2));

    [Theory]
    [InlineData("R/2015-03-07T12:00:00/PT24H", "2015-03-08 13:00-04")]
    [InlineData("R/2015-10-31T12:00:00/PT24H", "2015-11-01 11:00-05")]
    public void Next_TwentyFourHours_FollowsElapsedTime(string text, string expected)
    {
        var schedule = Parse(text, "America/New_York", GapRule.Skip, OverlapRule.Both);

        Assert.Equal(ScheduleKind.Elapsed, schedule.Kind);
        Assert.Equal(expected, schedule.Preview("2015-01-01T00:00:00Z", 2)[1]);
    }

    [Fact]
    public void Next_SkippedDay_CollapsesWithTheDayAfter() => Assert.Equal(
        ["2011-12-29 00:00-10", "2011-12-31 00:00+14", "2012-01-01 00:00+14"],
        Parse("R/2011-12-29T00:00:00/P1D", "Pacific/Apia").Preview("2011-01-01T00:00:00Z", 3));

    [Fact]
    public void Next_MixedPeriod_AddsElapsedPartAfterMapping() => Assert.Equal(
        ["2015-03-07 12:00-05", "2015-03-09 00:00-04", "2015-03-10 12:00-04"],
        Parse("R/2015-03-07T12:00:00/P1DT12H", "America/New_York").Preview("2015-01-01T00:00:00Z", 3));

    [Theory]
    [InlineData("R/2012-01-01/P", 1L)]
    [InlineData("R5/2012-01-01/PT0S", 1L)]
    [InlineData("R0/2012-01-01/PT0S", 0L)]
    public void Repetitions_ZeroPeriod_IsAtMostOne(string text, long expected)
    {
        var schedule = Parse(text);

        Assert.Equal(expected, schedule.Repetitions);
        Assert.Equal((int)expected, schedule.Preview("2000-01-01T00:00:00Z", 3).Length);
    }

    [Theory]
    [InlineData("R5/2012-01-01T00:00:00Z/P1D", "2012-01-03T00:00:00Z", 2L)]
    [InlineData("R5/2012-01-01T00:00:00Z/P1D", "2011-01-03T00:00:00Z", 5L)]
    [InlineData("R5/2012-01-01T00:00:00Z/PT1H", "2012-01-01T03:59:00Z", 1L)]
    [InlineData("R5/2012-01-01T00:00:00Z/PT1H", "2012-01-01T04:00:00Z", 0L)]
    [InlineData("R0/2012-01-01T00:00:00Z/PT1H", "2011-01-01T04:00:00Z", 0L)]
    [InlineData("R/2012-01-01T00:00:00Z/PT1H", "2012-01-01T04:00:00Z", null)]
    public void RemainingAfter_Cursor_CountsWhatIsLeft(string text, string cursor, long? expected) =>
        Assert.Equal(expected, Parse(text).RemainingAfter(At(cursor)));

    [Theory]
    [InlineData("R/2030-01-01/P99999Y")]
    [InlineData("R/2030-01-01/P2147483647M2147483647D")]
    [InlineData("R/2030-01-01/PT2147483647H")]
    [InlineData("R/2030-01-01/P2DT-47H")]
    [InlineData("R/2030-01-01/P1000000DT-23999999H")]
    [InlineData("R/0000-01-01/P1M")]
    [InlineData("R/9999-12-30/P1D")]
    public void Next_EndOfCalendar_IsNever(string text)
    {
        var schedule = Parse(text);

        Assert.NotNull(schedule.Next(Instant.MinValue));
        Assert.Null(schedule.Next(Instant.MaxValue));
        Assert.NotNull(schedule.Latest(Instant.MaxValue));
        Assert.Null(schedule.Latest(Instant.MinValue));
    }

    [Theory]
    [InlineData("R/2012-01-31/P1M", "2030-03-01T00:00:00Z", "2030-02-28T00:00:00Z")]
    [InlineData("R3/2012-01-01/P1D", "2030-03-01T00:00:00Z", "2012-01-03T00:00:00Z")]
    [InlineData("R3/2012-01-01/PT1S", "2030-03-01T00:00:00Z", "2012-01-01T00:00:02Z")]
    [InlineData("R/2012-01-01/PT1S", "2030-03-01T00:00:00.9Z", "2030-03-01T00:00:00Z")]
    [InlineData("R/2012-01-01/P", "2030-03-01T00:00:00Z", "2012-01-01T00:00:00Z")]
    [InlineData("R/2012-01-01/P1D", "2011-03-01T00:00:00Z", null)]
    [InlineData("R0/2012-01-01/P1D", "2013-03-01T00:00:00Z", null)]
    public void Latest_UpToInstant_IsLastOccurrence(string text, string upTo, string? expected) =>
        Assert.Equal(expected is null ? null : At(expected), Parse(text).Latest(At(upTo))?.At);
}
