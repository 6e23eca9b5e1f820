using Chronos.Core.Dependencies;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

/// <summary>Faults that a review found, each with the case that shows it.</summary>
public sealed class ReviewTests
{
    [Fact]
    public void Edit_FutureStartMovedEarlier_FiresAtTheNewStart()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "R/2026-06-01T00:00:00Z/P1D"));

        f.Put(Scheduled("a", "R/2026-02-01T00:00:00Z/P1D"));

        Assert.Equal(At("2026-02-01T00:00:00Z"), f.NextDue);
    }

    [Fact]
    public void Tick_JitterLongerThanEpsilon_IsNotMissed()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *", s => s with
        {
            Jitter = Duration.FromMinutes(30),
            Missed = MissedPolicy.Default with { Mode = MissedMode.None },
        }));

        f.AdvanceTo("2026-01-01T01:30:00Z");

        Assert.Single(f.Launches);
        Assert.Empty(f.Ended);
    }

    [Theory]
    [InlineData(AttemptPhase.Gone)]
    [InlineData(AttemptPhase.Doubtful)]
    public void Kill_AttemptIsThenLost_IsNotRetried(AttemptPhase phase)
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { OnDoubt = DoubtPolicy.Run } });
        var run = f.Start("a");
        f.Run("a");
        f.Do(new KillRuns("a", run.Id, Alice));

        f.Report(run.AttemptId, "a", phase);

        Assert.Equal(RunState.Killed, Assert.Single(f.Ended).State);
    }

    [Fact]
    public void Kill_AfterATimeoutsKill_IsNotRetried()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Timeout = Duration.FromMinutes(1) } });
        var run = f.Start("a");
        f.Run("a");
        f.AdvanceTo("2026-01-01T00:01:00Z");

        f.Do(new KillRuns("a", run.Id, Alice));
        f.Report(run.AttemptId, "a", AttemptPhase.Killed);

        Assert.Equal(RunState.Killed, Assert.Single(f.Ended).State);
    }

    [Fact]
    public void KillAll_OneWaitsForARetryAndOneForItsTurn_LeavesNoTaskBehind()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Concurrency = Concurrency.Queue } });
        f.Start("a");
        f.Report(f.Launches.Single().Id, "a", AttemptPhase.Failed, 1);
        f.Start("a");

        f.Do(new KillRuns("a", null, Alice));

        var launchedLast = f.Launches.Last().Id;
        Assert.Contains(f.Kills, k => k.Attempt == launchedLast);
        f.Report(launchedLast, "a", AttemptPhase.Killed);
        Assert.Equal([RunState.Killed, RunState.Killed], f.Ended.Select(r => r.State));
    }

    [Fact]
    public void Drain_RetryComesDue_IsANewAttemptAfterTheRestart()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Retries = 1 } });
        var run = f.Start("a");
        f.Fail("a");
        f.HoldLaunches();

        Assert.Empty(f.Restart());
        f.JumpTo("2026-01-01T00:01:01Z");

        Assert.Equal(new AttemptId(run.Id, 2), Assert.Single(f.Launches).Id);
    }

    [Fact]
    public void CycleSearch_AfterACircle_FindsNoOtherWhereThereIsNone()
    {
        var parents = new Dictionary<string, ValueList<string>> { ["a"] = ["b"], ["b"] = ["a"], ["c"] = ["a"] };
        var search = new CycleSearch(name => parents[name]);

        Assert.NotNull(search.FindFrom("a"));
        Assert.Null(search.FindFrom("c"));
    }
}
