using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class DisableTests
{
    private static readonly Job Queueing =
        Manual("a") with { Policy = new() { Concurrency = Concurrency.Queue, Retries = 0, DisableAfterFailures = 1 } };

    [Fact]
    public void SetDisabled_RunsWaitForTheirTurn_SkipsThemAndLetsTheRunningOneEnd()
    {
        var f = new SchedulerFixture();
        f.Put(Queueing);
        var first = f.Start("a");
        var second = f.Start("a");

        f.Do(new SetDisabled("a", true, "maintenance", Alice));

        Assert.Equal(second.Id, Assert.Single(f.Ended).Id);
        Assert.Equal(RunState.Skipped, f.Ended[0].State);
        Assert.Equal(first.Id, f.Active("a").Id);
    }

    [Fact]
    public void Put_DisabledWhileRunsWait_SkipsThem()
    {
        var f = new SchedulerFixture();
        f.Put(Queueing);
        f.Start("a");
        f.Start("a");

        f.Put(Queueing with { Disabled = true });

        Assert.Equal(RunState.Skipped, Assert.Single(f.Ended).State);
    }

    [Fact]
    public void Run_FailsAsOftenAsAllowed_DisablesTheJobAndSkipsWhatWaits()
    {
        var f = new SchedulerFixture();
        f.Put(Queueing with { Schedule = new() { Text = "* * * * *" } });
        f.AdvanceTo("2026-01-01T00:01:00Z");
        f.AdvanceTo("2026-01-01T00:02:00Z");

        f.Report(f.Launches.First().Id, "a", AttemptPhase.Failed, 1);

        Assert.True(f.Job("a").Job.Disabled);
        Assert.Equal("A run has failed.", f.Job("a").State.DisabledReason);
        Assert.Equal([RunState.Failed, RunState.Skipped], f.Ended.Select(r => r.State));
        Assert.Single(f.Launches);
    }

    [Fact]
    public void Start_JobDisabled_IsSkippedWithReason()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Disabled = true });

        var run = f.Start("a");

        Assert.Equal((RunState.Skipped, "The job is disabled."), (run.State, run.Reason));
        Assert.Empty(f.Launches);
    }

    [Fact]
    public void Start_ByHandFails_DoesNotCountTowardsDisabling()
    {
        var f = new SchedulerFixture();
        f.Put(Queueing);

        f.Start("a");
        f.Fail("a");

        Assert.False(f.Job("a").Job.Disabled);
        Assert.Equal(1, f.Job("a").State.Counters.ErrorCount);
        Assert.Equal(0, f.Job("a").State.Counters.ErrorsSinceLastSuccess);
    }

    [Fact]
    public void Retry_JobDisabledMeanwhile_EndsTheRunAsFailed()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"));
        f.Start("a");
        f.Fail("a");

        f.Do(new SetDisabled("a", true, "", Alice));
        f.AdvanceTo("2026-01-01T01:00:00Z");

        Assert.Equal(RunState.Failed, Assert.Single(f.Ended).State);
        Assert.Single(f.Launches);
    }
}
