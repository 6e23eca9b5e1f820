using Chronos.Core.Schedules;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Schedules.ScheduleCases;

namespace Chronos.Core.Tests.Schedules;

public sealed class IsoParsingTests
{
    [Theory]
    [InlineData("R5/2008-03-01T13:00:00Z/P1D", "", 5L, "2008-03-01T13:00:00Z")]
    [InlineData("R/2008-03-01T13:00:00Z/P1D", "", null, "2008-03-01T13:00:00Z")]
    [InlineData("R0/2008-03-01T13:00:00Z/P1D", "", 0L, "2008-03-01T13:00:00Z")]
    [InlineData("R/2008-03-01T13:00:00Z/P1D", "BST", null, "2008-03-01T13:00:00+06:00")]
    [InlineData("R/2008-03-01T13:00:00Z/P1D", "PST", null, "2008-03-01T13:00:00-08:00")]
    [InlineData("R/2008-03-01T13:00:00-04:00/P1D", "PST", null, "2008-03-01T13:00:00-08:00")]
    [InlineData("R/2008-03-01T13:00:00-04:00/P1D", "", null, "2008-03-01T13:00:00-04:00")]
    [InlineData("R/2008-03-01T13:00:00+0530/P1D", "", null, "2008-03-01T13:00:00+05:30")]
    [InlineData("R/2008-03-01T13:00:00+05/P1D", "", null, "2008-03-01T13:00:00+05:00")]
    [InlineData("R/2008-03-01/P1D", "PST", null, "2008-03-01T00:00:00-08:00")]
    [InlineData("R/2008-03-01T/P1D", "", null, "2008-03-01T00:00:00Z")]
    [InlineData("R/2008-03-01T13:00Z/PT1M", "", null, "2008-03-01T13:00:00Z")]
    [InlineData("R/2008-03-01T13Z/PT1M", "", null, "2008-03-01T13:00:00Z")]
    [InlineData("R/2008-03-01T13,5Z/PT1M", "", null, "2008-03-01T13:30:00Z")]
    [InlineData("R/2008-03-01T13:00.25Z/PT1M", "", null, "2008-03-01T13:00:15Z")]
    [InlineData("R/2008-3-1T2:5:9Z/PT1M", "", null, "2008-03-01T02:05:09Z")]
    [InlineData("R/2008-W09-6/P1D", "", null, "2008-03-01T00:00:00Z")]
    [InlineData("R/2008-W09/P1D", "", null, "2008-02-25T00:00:00Z")]
    [InlineData("R/2009-W01-1/P1D", "", null, "2008-12-29T00:00:00Z")]
    [InlineData("R/2008-061/P1D", "", null, "2008-03-01T00:00:00Z")]
    [InlineData("R/2008-03/P1D", "", null, "2008-03-01T00:00:00Z")]
    [InlineData("R/2008/P1D", "", null, "2008-01-01T00:00:00Z")]
    [InlineData("R/2008-03-01T13:00:00Z/P1D", "GMT+02:00", null, "2008-03-01T13:00:00+02:00")]
    [InlineData("R/2008-03-01T13:00:00Z/P1D", "UTC-530", null, "2008-03-01T13:00:00-05:30")]
    [InlineData("R/2030-01-01T00:00:00/P1D", "", null, "2030-01-01T00:00:00Z")]
    [InlineData("R/2015-03-08T02:30:00Z/P1D", "America/New_York", null, "2015-03-08T03:30:00-04:00")]
    [InlineData("R/2015-07-01T12:00:00Z/P1D", "EST", null, "2015-07-01T16:00:00Z")]
    [InlineData("R/2015-07-01T12:00:00Z/P1D", "PST", null, "2015-07-01T19:00:00Z")]
    [InlineData("R/2015-07-01T12:00:00Z/P1D", "IST", null, "2015-07-01T06:30:00Z")]
    [InlineData("R/2016-04-03T02:15:00+11:00/P1D", "Australia/Sydney", null, "2016-04-03T02:15:00+11:00")]
    [InlineData("R/2016-04-03T02:15:00+10:00/P1D", "Australia/Sydney", null, "2016-04-03T02:15:00+10:00")]
    [InlineData("R/2016-04-03T02:15:00Z/P1D", "Australia/Sydney", null, "2016-04-03T02:15:00+11:00")]
    public void Interval_Valid_HasRepetitionsAndStart(string text, string zone, long? repetitions, string start)
    {
        var schedule = ParseIso(text, zone);

        Assert.Equal(repetitions, schedule.Repetitions);
        Assert.Equal(At(start), schedule.Start);
        Assert.Equal(text, schedule.Text);
        Assert.False(schedule.NeedsAnchor);
    }

    [Theory]
    [InlineData("R/2008-03-01T13:00:00Z", "iso-form")]
    [InlineData("r/2008-03-01T13:00:00Z/P1D", "iso-form")]
    [InlineData(" R/2008-03-01T13:00:00Z/P1D", "iso-form")]
    [InlineData("R/2008-03-01 13:00:00Z/P1D", "iso-form")]
    [InlineData("R99999999999999999999/2008-03-01T13:00:00Z/P1D", "iso-repeat")]
    [InlineData("R-1/2008-03-01T13:00:00Z/P1D", "iso-repeat")]
    [InlineData("R/2008-02-30T13:00:00Z/P1D", "iso-start")]
    [InlineData("R/2007-366T13:00:00Z/P1D", "iso-start")]
    [InlineData("R/2008-W53-1/P1D", "iso-start")]
    [InlineData("R/2008-03-01T24:00:00Z/P1D", "iso-start")]
    [InlineData("R/2008-03-01T13:60:00Z/P1D", "iso-start")]
    [InlineData("R/2008-03-01T13:00:00:00Z/P1D", "iso-start")]
    [InlineData("R/2008-03-01T13:00:00+19:00/P1D", "iso-start")]
    [InlineData("R/2008-03-01T13:00:00.Z/P1D", "iso-start")]
    [InlineData("R/9999-12-31T23:00:00Z/P1D", "iso-start")]
    [InlineData("R/T05:50Z/P1D", "iso-start")]
    [InlineData("R/2008-03-01T13:00:00Z/PT1M/P1D", "iso-start")]
    [InlineData("R/2008-03-01T13:00:00Z/pt1m", "iso-period")]
    [InlineData("R//", "iso-period")]
    [InlineData("R/2008-03-01T13:00:00Z/-P1D", "iso-period")]
    [InlineData("R/2008-03-01T13:00:00Z/P1D1W", "iso-period")]
    [InlineData("R/2008-03-01T13:00:00Z/PT", "iso-period")]
    [InlineData("R/2008-03-01T13:00:00Z/P1.5D", "iso-period")]
    [InlineData("R/2008-03-01T13:00:00Z/PT1.0005S", "iso-period")]
    [InlineData("R/2008-03-01T13:00:00Z/P-1D", "iso-period-negative")]
    [InlineData("R/2008-03-01T13:00:00Z/P1DT-25H", "iso-period-negative")]
    [InlineData("R/2008-03-01T13:00:00Z/P1M-30D", "iso-period-mixed")]
    [InlineData("R", "iso-form")]
    public void Interval_Invalid_IsRefused(string text, string code) => Assert.Equal(code, Refused(text).Code);

    [Fact]
    public void Interval_TimeWithoutDate_SaysWhatToWrite() => Assert.Equal(
        "The start 'T05:50Z' cannot be read: a time needs a date in front of it, such as 2030-01-31T13:00:00Z " +
        "(Chronos took a time alone as a time in 1970).",
        Refused("R/T05:50Z/P1D").Message);

    [Fact]
    public void Interval_SeveralErrors_AreAllReported()
    {
        var result = ScheduleParser.Parse("R-1/2008-02-30/1D", new() { TimeZone = "Mars/Olympus" });

        Assert.False(result.Succeeded);
        Assert.Equal(
            ["iso-repeat", "iso-start", "iso-period", "zone-unknown"],
            result.Errors.Select(error => error.Code));
    }

    [Theory]
    [InlineData("Europe/Berln", "did you mean Europe/Berlin")]
    [InlineData("europe/berlin", "did you mean Europe/Berlin")]
    [InlineData("Berlin", "did you mean Europe/Berlin")]
    [InlineData("America/NewYork", "did you mean America/New_York")]
    [InlineData("Bogus/Nowhere", "write an IANA id such as Europe/Berlin")]
    [InlineData("GMT+19:00", "is unknown")]
    [InlineData("GMT+2:", "is unknown")]
    public void TimeZone_Unknown_IsRefusedWithNearestIds(string zone, string expected)
    {
        var error = Refused("R/2008-03-01T13:00:00Z/P1D", new() { TimeZone = zone });

        Assert.Equal("zone-unknown", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("R/2008-03-01T13:00:00.45+01:00/PT1.5S", "R/2008-03-01T13:00:00.450+01:00/PT1.500S")]
    [InlineData("R3/2012-01-01T00:00:01Z/PT1M", "R3/2012-01-01T00:00:01.000Z/PT1M")]
    [InlineData("R0/2012-01-01T00:00:01Z/PT24H", "R0/2012-01-01T00:00:01.000Z/PT24H")]
    [InlineData("R/2012-01-01/P1Y2M3W4DT5H6M7.008S", "R/2012-01-01T00:00:00.000Z/P1Y2M3W4DT5H6M7.008S")]
    [InlineData("R/2012-01-01/P1W2D", "R/2012-01-01T00:00:00.000Z/P1W2D")]
    [InlineData("R/2012-01-01/P", "R/2012-01-01T00:00:00.000Z/PT0S")]
    [InlineData("R/2012-01-01T00:00:00-03:30/P01D", "R/2012-01-01T00:00:00.000-03:30/P1D")]
    [InlineData("R/2012-01-01/PT0,5S", "R/2012-01-01T00:00:00.000Z/PT0.500S")]
    public void Canonical_AtStart_IsJodaForm(string text, string expected)
    {
        var schedule = ParseIso(text);
        long? remaining = text.StartsWith("R/", StringComparison.Ordinal) ? null : schedule.Repetitions;

        Assert.Equal(expected, schedule.Canonical(schedule.Start!.Value, remaining));
    }

    [Fact]
    public void Canonical_InZone_CarriesOffsetInForce() => Assert.Equal(
        "R/2015-07-01T12:00:00.000-04:00/P1D",
        ParseIso("R/2015-01-01T12:00:00Z/P1D", "America/New_York").Canonical(At("2015-07-01T16:00:00Z"), null));

    [Fact]
    public void Print_Unlimited_HasNoNumber() => Assert.Equal(
        "R/2012-01-01T00:00:01.000Z/PT1M",
        IsoSchedule.Print(null, At("2012-01-01T00:00:01Z"), DateTimeZone.Utc, "PT1M"));

    [Fact]
    public void Interval_EmptyStart_CountsFromItsAnchor()
    {
        var open = Parse("R2//PT1M");

        var anchored = open.AnchoredAt(At("2030-01-01T00:00:30Z"));

        Assert.True(open.NeedsAnchor);
        Assert.Null(open.Start);
        Assert.Throws<InvalidOperationException>(() => open.Next(Instant.MinValue));
        Assert.False(anchored.NeedsAnchor);
        Assert.Same(anchored, anchored.AnchoredAt(Instant.MinValue));
        Assert.Equal(["2030-01-01 00:00:30+00", "2030-01-01 00:01:30+00"], anchored.Preview("2000-01-01T00:00:00Z", 5));
    }
}
