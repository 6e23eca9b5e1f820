using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Schedules.ScheduleCases;

namespace Chronos.Core.Tests.Schedules;

public sealed class DescriptionTests
{
    [Theory]
    [InlineData("*/5 * * * *", "every 5 minutes (UTC)")]
    [InlineData("* * * * *", "every minute (UTC)")]
    [InlineData("@hourly", "every hour (UTC)")]
    [InlineData("* * * * * *", "every second (UTC)")]
    [InlineData("*/10 * 2 * * *", "every 10 seconds of hour 2 (UTC)")]
    [InlineData("CRON_TZ=Europe/Berlin 30 2 * * MON", "at 02:30 on Monday (Europe/Berlin)")]
    [InlineData("0 9,17 * * MON-FRI", "at 09:00, 17:00 on Monday to Friday (UTC)")]
    [InlineData("*/15 9-17 * * *", "every 15 minutes of hours 9-17 (UTC)")]
    [InlineData("0 0 1,15 * 5", "at 00:00 on days 1, 15 or Friday (UTC)")]
    [InlineData("0 0 L JAN *", "at 00:00 on the last day in January (UTC)")]
    [InlineData("0 0 ? * MON#2,FRIL", "at 00:00 on the second Monday and the last Friday (UTC)")]
    [InlineData("0 0 LW * *", "at 00:00 on the working day nearest to the last day (UTC)")]
    [InlineData("30 0 0 1 1 ? 2030-2032", "at 00:00:30 on day 1 in January in 2030-2032 (UTC)")]
    [InlineData("@every 90s", "every 1 minute 30 seconds")]
    [InlineData("@every 1h", "every hour")]
    [InlineData("R5/2030-01-31T13:00:00Z/P1D", "every day from 2030-01-31 13:00:00, 5 times (UTC)")]
    [InlineData("R//PT1.5S", "every 1.5 seconds from when it is created (UTC)")]
    public void Describe_Schedule_ReadsAsEnglish(string text, string expected) =>
        Assert.Equal(expected, Parse(text).Describe());
}
