using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class RetryDelayTests
{
    private static readonly RunId Id = RunId.For("a", 1, At("2026-01-01T00:00:00Z"), "");

    [Theory]
    [InlineData(60, 1, null, 3, 60)]
    [InlineData(10, 2, null, 4, 80)]
    [InlineData(10, 2, 25, 4, 25)]
    [InlineData(5_184_000, 1, null, 1, 5_184_000)]
    [InlineData(10, 10, null, 100, 2_592_000)]
    public void After_DelayFactorAndMaximum_GrowsAndStops(
        int seconds, double factor, int? max, int attempt, int expected)
    {
        var policy = new RunPolicy
        {
            RetryDelay = Duration.FromSeconds(seconds),
            Backoff = new(factor, max is { } m ? Duration.FromSeconds(m) : null, 0),
        };

        Assert.Equal(Duration.FromSeconds(expected), RetryDelay.After(new(Id, attempt), policy, Duration.Zero));
    }

    [Fact]
    public void After_Jitter_IsStableWithinItsBoundsAndInWholeMilliseconds()
    {
        var policy = new RunPolicy { RetryDelay = Duration.FromSeconds(7), Backoff = new(1, null, 0.5) };
        var delays = Enumerable.Range(1, 200).Select(n => RetryDelay.After(new(Id, n), policy, Duration.Zero)).ToList();

        Assert.Equal(RetryDelay.After(new(Id, 1), policy, Duration.Zero), delays[0]);
        Assert.All(delays, d => Assert.InRange(d.TotalSeconds, 3.5, 10.5));
        Assert.All(delays, d => Assert.Equal(0, d.ToInt64Nanoseconds() % 1_000_000));
        Assert.True(delays.Distinct().Count() > 150);
    }

    /// <summary>A timer between two ticks of the queue must not be due before its time: it would stay due.</summary>
    [Fact]
    public void Timeout_StartBetweenTwoTicks_IsDecidedWhenDue()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Timeout = Duration.FromMinutes(1) } });
        var run = f.Start("a");
        f.Do(new AttemptReported(new()
        {
            Id = run.AttemptId, JobName = "a", Phase = AttemptPhase.Running, StartedAt = f.Now + Duration.Epsilon,
        }, ""));

        f.JumpTo(f.NextDue!.Value.ToString("uuuu-MM-ddTHH:mm:ss.FFFFFFFFF'Z'", null));

        Assert.Single(f.Kills);
    }
}
