using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class AttemptStatusTests
{
    [Theory]
    [InlineData(AttemptPhase.Waiting, AttemptPhase.Waiting, RunState.Queued)]
    [InlineData(AttemptPhase.Waiting, AttemptPhase.Starting, RunState.Starting)]
    [InlineData(AttemptPhase.Waiting, AttemptPhase.Running, RunState.Running)]
    [InlineData(AttemptPhase.Starting, AttemptPhase.Waiting, RunState.Starting)]
    [InlineData(AttemptPhase.Starting, AttemptPhase.Running, RunState.Running)]
    [InlineData(AttemptPhase.Running, AttemptPhase.Waiting, RunState.Running)]
    [InlineData(AttemptPhase.Running, AttemptPhase.Starting, RunState.Running)]
    [InlineData(AttemptPhase.Running, AttemptPhase.Running, RunState.Running)]
    public void Report_TwoInAnyOrder_NeverGoesBack(AttemptPhase first, AttemptPhase second, RunState expected)
    {
        var (f, run) = Launched();

        f.Report(run.AttemptId, "a", first);
        f.Report(run.AttemptId, "a", second);

        Assert.Equal(expected, f.Active("a").State);
    }

    [Theory]
    [InlineData(AttemptPhase.Finished)]
    [InlineData(AttemptPhase.Failed)]
    [InlineData(AttemptPhase.Killed)]
    [InlineData(AttemptPhase.Gone)]
    [InlineData(AttemptPhase.Doubtful)]
    public void Report_EndTwice_CountsOnceAndIsAcknowledgedTwice(AttemptPhase phase)
    {
        var (f, run) = Launched();

        f.Report(run.AttemptId, "a", phase, 0);
        f.Report(run.AttemptId, "a", phase, 0);

        Assert.Single(f.Ended);
        Assert.Equal(2, f.Effects.OfType<Acknowledge>().Count(a => a.Attempt == run.AttemptId));
    }

    [Fact]
    public void Report_RunningWithoutAStart_StillTimesOut()
    {
        var (f, run) = Launched();

        f.Do(new AttemptReported(new() { Id = run.AttemptId, JobName = "a", Phase = AttemptPhase.Running }, ""));
        f.AdvanceTo("2026-01-01T00:05:00Z");

        Assert.Equal(run.AttemptId, Assert.Single(f.Kills).Attempt);
    }

    [Fact]
    public void Report_RunningAfterTheEnd_StopsTheStray()
    {
        var (f, run) = Launched();
        f.Succeed("a");

        f.Report(run.AttemptId, "a", AttemptPhase.Running);

        Assert.Equal(run.AttemptId, Assert.Single(f.Kills).Attempt);
        Assert.Single(f.Ended);
    }

    private static (SchedulerFixture Fixture, Run Run) Launched()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Retries = 0, Timeout = Duration.FromMinutes(5) } });
        return (f, f.Start("a"));
    }
}
