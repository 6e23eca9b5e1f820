using Chronos.Core.Jobs;
using FsCheck.Fluent;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

public class DurationTextTests
{
    [Theory]
    [InlineData("PT60S", 60)]
    [InlineData("PT1H30M", 5_400)]
    [InlineData("P1D", 86_400)]
    [InlineData("P1W2DT3H", 788_400)]
    [InlineData("PT0S", 0)]
    [InlineData("PT1.5S", 1.5)]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5_400)]
    [InlineData("2d", 172_800)]
    [InlineData("1w", 604_800)]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5h", 5_400)]
    public void TryParse_LengthOfTime_IsRead(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out var value));
        Assert.Equal(Duration.FromSeconds(seconds), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("P1M")] // a month has no fixed length
    [InlineData("P1Y")]
    [InlineData("P1.5D")]
    [InlineData("pt1s")]
    [InlineData("-PT1S")]
    [InlineData("PT-1S")]
    [InlineData("PT1S1M")]
    [InlineData("PT1S1S")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("30 s")]
    [InlineData("5m1h")]
    [InlineData("1.2.3s")]
    [InlineData(".s")]
    [InlineData("99999999999999999999w")]
    [InlineData("PT9999999999999999999H")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData(0, "PT0S")]
    [InlineData(90, "PT1M30S")]
    [InlineData(93_600, "PT26H")]
    [InlineData(0.25, "PT0.25S")]
    public void Format_Length_IsIso(double seconds, string expected) =>
        Assert.Equal(expected, DurationText.Format(Duration.FromSeconds(seconds)));

    [Fact]
    public void Format_AnyLength_ReadsBackTheSame() => Properties.Hold(
        from seconds in Gen.Choose(0, int.MaxValue)
        from nanoseconds in Gen.Choose(0, 999_999_999)
        select Duration.FromSeconds(seconds) + Duration.FromNanoseconds(nanoseconds),
        value => DurationText.TryParse(DurationText.Format(value), out var read) && read == value);
}
