using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class KillTests
{
    [Theory]
    [InlineData(AttemptPhase.Failed, RunState.Killed)]
    [InlineData(AttemptPhase.Killed, RunState.Killed)]
    [InlineData(AttemptPhase.Gone, RunState.Killed)]
    [InlineData(AttemptPhase.NeverStarted, RunState.Killed)]
    [InlineData(AttemptPhase.Doubtful, RunState.Killed)]
    [InlineData(AttemptPhase.Finished, RunState.Succeeded)]
    public void Kill_AttemptEndsAnyhow_EndsTheRunWithoutRetry(AttemptPhase phase, RunState expected)
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Retries = 5, OnDoubt = DoubtPolicy.Run } });
        var run = f.Start("a");

        f.Do(new KillRuns("a", run.Id, Alice));
        f.Report(run.AttemptId, "a", phase);

        Assert.Equal(expected, Assert.Single(f.Ended).State);
        Assert.Null(f.NextDue);
    }

    [Fact]
    public void Kill_AfterTheTimeoutKilled_LeavesNoRetry()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Retries = 5, Timeout = Duration.FromMinutes(1) } });
        f.Start("a");
        f.Run("a");
        f.AdvanceTo("2026-01-01T00:01:00Z");

        f.Do(new KillRuns("a", null, Alice));
        f.Report(f.Active("a").AttemptId, "a", AttemptPhase.Killed);

        Assert.Equal((RunState.Killed, "Killed by alice."), (f.Ended.Single().State, f.Ended[0].Reason));
    }

    [Fact]
    public void Replace_AfterTheTimeoutKilled_StartsTheNewRunInsteadOfARetry()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with
        {
            Policy = new() { Concurrency = Concurrency.Replace, Retries = 5, Timeout = Duration.FromMinutes(1) },
        });
        var old = f.Start("a");
        f.Run("a");
        f.AdvanceTo("2026-01-01T00:01:00Z");

        var next = f.Start("a");
        f.Report(old.AttemptId, "a", AttemptPhase.Killed);

        Assert.Equal(RunState.Killed, f.Ended.Single().State);
        Assert.Equal((next.Id, 1), (f.Active("a").Id, f.Active("a").Attempt));
    }

    [Fact]
    public void Replace_OldRunWaitsForARetry_ReleasesChildrenThatWaitForItsEnd()
    {
        var f = new SchedulerFixture();
        f.Put(
            Manual("a") with { Policy = new() { Concurrency = Concurrency.Replace, Retries = 1 } },
            Child("b", "a") with { Trigger = ParentTrigger.Completion });
        var old = f.Start("a");
        f.Fail("a");

        f.Start("a");

        Assert.Equal((old.Id, RunState.Killed), (f.Ended.Single().Id, f.Ended[0].State));
        Assert.Equal(old.Id, f.Job("a").State.LastRun!.Id);
        Assert.Equal(RunCauseKind.Parents, f.Active("b").Cause.Kind);
    }
}
