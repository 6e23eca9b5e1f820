using System.Globalization;
using Chronos.Core.Jobs;
using FsCheck.Fluent;
using Xunit;

namespace Chronos.Core.Tests.Jobs;

public class JavaNumberTextTests
{
    [Theory]
    [InlineData(1, "1.0")]
    [InlineData(128, "128.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(100.5, "100.5")]
    [InlineData(0, "0.0")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(9999999, "9999999.0")]
    [InlineData(1e7, "1.0E7")]
    [InlineData(12345678.9, "1.23456789E7")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.0001, "1.0E-4")]
    [InlineData(1e21, "1.0E21")]
    [InlineData(double.MaxValue, "1.7976931348623157E308")]
    public void Of_Number_IsJavasText(double value, string expected) =>
        Assert.Equal(expected, JavaNumberText.Of(value));

    [Fact]
    public void Of_AnyNumber_ReadsBackTheSame() => Properties.Hold(
        ArbMap.Default.ArbFor<double>().Generator.Where(double.IsFinite),
        value => double.Parse(JavaNumberText.Of(value), CultureInfo.InvariantCulture).Equals(value));
}
