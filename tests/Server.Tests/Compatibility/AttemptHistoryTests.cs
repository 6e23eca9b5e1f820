using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Server.Endpoints.Compatibility;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

public sealed class AttemptHistoryTests
{
    private static readonly Instant Due = CompatibleServer.Start;

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(59, "59s")]
    [InlineData(60, "1m0s")]
    [InlineData(65, "1m5s")]
    [InlineData(3600, "1h0s")]
    [InlineData(3661, "1h1m1s")]
    [InlineData(90000, "25h0s")]
    public void Duration_Seconds_IsAsTheOriginal(int seconds, string text)
    {
        var line = new AttemptLine("", "", Due, Due + Duration.FromSeconds(seconds), "Success", null);

        Assert.Equal(text, line.Duration());
    }

    [Fact]
    public void Time_OfTheOriginalsExample_IsItsText()
    {
        Assert.Equal("01/09/15 22:49:41", AttemptLine.Format(Due, DateTimeZone.Utc));
        Assert.Equal("01/09/15 14:49:41", AttemptLine.Format(Due, DateTimeZoneProviders.Tzdb["America/Los_Angeles"]));
        Assert.Equal("N/A", AttemptLine.Format(null, DateTimeZone.Utc));
    }

    [Fact]
    public void Lines_RunWithRetries_AreOnePerAttemptCountedFromZero()
    {
        var run = new Run
        {
            Id = RunId.For("a", 1, Due, ""),
            Cause = RunCause.Schedule,
            Nominal = Due,
            CreatedAt = Due,
            State = RunState.Running,
            Attempt = 3,
            StartedAt = Due + Duration.FromSeconds(9),
            Progress = 4,
            Attempts = [Ended(1, RunState.Failed), Ended(2, RunState.Lost)],
        };

        var lines = AttemptHistory.Lines(new Job { Name = "a" }, run).ToList();

        Assert.Equal([$"ct:{Ms}:0:a:", $"ct:{Ms}:1:a:", $"ct:{Ms}:2:a:"], lines.Select(l => l.TaskId));
        Assert.Equal(["Fail", "Fail", "Running"], lines.Select(l => l.Status));
        Assert.Equal([null, null, 4], lines.Select(l => l.Progress));
    }

    [Fact]
    public void Quantiles_OfAFewTimes_AreInterpolatedAndTheMeanIsTheMean()
    {
        var sample = new RunTimeSample([1000, 4000, 2000, 3000, 100000]);

        Assert.Equal(3000, sample.Find("median"));
        Assert.Equal(22000, sample.Find("mean"));
        Assert.Equal(52000, sample.Find("75thPercentile"));
        Assert.Equal(100000, sample.Find("99thPercentile"));
        Assert.Equal(5, sample.Find("count"));
        Assert.Null(sample.Find("50thPercentile"));
        Assert.Equal(0, RunTimeSample.Empty.Find("median"));
    }

    private static long Ms => Due.ToUnixTimeMilliseconds();

    private static Attempt Ended(int number, RunState outcome) => new()
    {
        Number = number,
        Outcome = outcome,
        StartedAt = Due + Duration.FromSeconds(number),
        EndedAt = Due + Duration.FromSeconds(number + 1),
    };
}
