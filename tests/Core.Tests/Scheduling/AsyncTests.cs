using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class AsyncTests
{
    private static readonly Job Async =
        Manual("a") with { Policy = new() { Async = true, Retries = 1, Timeout = Duration.FromMinutes(5) } };

    [Fact]
    public void Callback_NeverComesAndTheEngineKnowsNoStart_TimesOut()
    {
        var f = new SchedulerFixture();
        f.Put(Async);
        f.Start("a");
        f.Succeed("a");

        f.AdvanceTo("2026-01-01T00:05:00Z");

        Assert.Contains("callback did not come", f.Active("a").Attempts.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Kill_CommandEndsPolitely_EndsAsKilledAndReleasesNobody()
    {
        var f = new SchedulerFixture();
        f.Put(Async, Child("b", "a"));
        var run = f.Start("a");

        f.Do(new KillRuns("a", null, Alice));
        f.Report(run.AttemptId, "a", AttemptPhase.Finished, 0);

        Assert.Equal(RunState.Killed, f.Ended.Single().State);
        Assert.True(f.Job("b").State.ActiveRuns.IsEmpty);
    }

    [Fact]
    public void Callback_SaysFailureWhileTheCommandRuns_KillsTheCommand()
    {
        var f = new SchedulerFixture();
        f.Put(Async);
        var run = f.Start("a");
        f.Run("a");

        f.Do(new CompleteRun("a", run.Id, 3, "", Alice));

        Assert.Equal(run.AttemptId, Assert.Single(f.Kills).Attempt);
        Assert.NotNull(f.Active("a").RetryAt);
    }

    [Fact]
    public void Callback_SaysFailureAfterAKill_LeavesNoRetry()
    {
        var f = new SchedulerFixture();
        f.Put(Async);
        var run = f.Start("a");
        f.Run("a");
        f.Do(new KillRuns("a", null, Alice));

        f.Do(new CompleteRun("a", run.Id, 3, "", Alice));

        Assert.Equal(RunState.Failed, f.Ended.Single().State);
        Assert.True(f.Job("a").State.ActiveRuns.IsEmpty);
    }

    [Fact]
    public void Timeout_CommandEndsPolitely_SaysWhyItFailed()
    {
        var f = new SchedulerFixture();
        f.Put(Async with { Policy = Async.Policy with { Retries = 0 } });
        var run = f.Start("a");
        f.Run("a");
        f.AdvanceTo("2026-01-01T00:05:00Z");

        f.Report(run.AttemptId, "a", AttemptPhase.Finished, 0);

        Assert.Contains("longer than the job's timeout", f.Ended.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Callback_JobIsNotAsyncAnyMore_StillEndsTheRunThatAwaitsIt()
    {
        var f = new SchedulerFixture();
        f.Put(Async);
        var run = f.Start("a");
        f.Succeed("a");
        f.Put(Manual("a"));

        Assert.IsType<Done>(f.Do(new CompleteRun("a", run.Id, 0, "", Alice)));

        Assert.Equal(RunState.Succeeded, f.Ended.Single().State);
    }
}
