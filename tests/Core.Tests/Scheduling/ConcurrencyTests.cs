using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class ConcurrencyTests
{
    private static Job With(Concurrency concurrency, int max = 0) =>
        Manual("a") with { Policy = new() { Concurrency = concurrency, MaxConcurrent = max, Retries = 0 } };

    [Fact]
    public void Start_SkipWhileOneRuns_IsSkipped()
    {
        var f = new SchedulerFixture();
        f.Put(With(Concurrency.Skip));
        f.Start("a");

        Assert.Equal(RunState.Skipped, f.Start("a").State);
        Assert.Single(f.Launches);
    }

    [Fact]
    public void Start_AllowUpToTwo_SkipsTheThird()
    {
        var f = new SchedulerFixture();
        f.Put(With(Concurrency.Allow, 2));

        var states = new[] { f.Start("a").State, f.Start("a").State, f.Start("a").State };

        Assert.Equal([RunState.Queued, RunState.Queued, RunState.Skipped], states);
    }

    [Fact]
    public void Start_Queue_RunsOneAfterTheOtherInOrder()
    {
        var f = new SchedulerFixture();
        f.Put(With(Concurrency.Queue));
        var runs = new[] { f.Start("a").Id, f.Start("a").Id, f.Start("a").Id };

        for (var i = 0; i < 3; i++) f.Report(f.Launches.Last().Id, "a", AttemptPhase.Finished, 0);

        Assert.Equal(runs, f.Launches.Select(l => l.Id.Run));
        Assert.Equal(runs, f.Ended.Select(r => r.Id));
    }

    [Fact]
    public void Start_Replace_KillsTheOldOneAndStartsAfterItsEnd()
    {
        var f = new SchedulerFixture();
        f.Put(With(Concurrency.Replace));
        var old = f.Start("a");
        f.Report(old.AttemptId, "a", AttemptPhase.Running);
        var next = f.Start("a");

        Assert.Equal(old.AttemptId, Assert.Single(f.Kills).Attempt);
        Assert.Single(f.Launches);
        f.Report(old.AttemptId, "a", AttemptPhase.Killed);

        Assert.Equal(next.Id, f.Launches.Last().Id.Run);
        Assert.Equal($"Replaced by run {next.Id}.", Assert.Single(f.Ended).Reason);
    }

    [Fact]
    public void Start_ReplaceWhileOneWaits_KeepsOnlyTheNewest()
    {
        var f = new SchedulerFixture();
        f.Put(With(Concurrency.Replace));
        var old = f.Start("a");
        f.Report(old.AttemptId, "a", AttemptPhase.Running);
        var between = f.Start("a");
        var newest = f.Start("a");

        f.Report(old.AttemptId, "a", AttemptPhase.Killed);

        Assert.Equal((between.Id, RunState.Skipped), (f.Ended[0].Id, f.Ended[0].State));
        Assert.Equal(newest.Id, f.Active("a").Id);
    }

    [Fact]
    public void Kill_RunAtItsEngine_AsksTheEngineAndEndsWithoutRetry()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"));
        var run = f.Start("a");
        f.Run("a");

        f.Do(new KillRuns("a", run.Id, Alice));
        f.Report(run.AttemptId, "a", AttemptPhase.Killed);

        Assert.Equal((RunState.Killed, "Killed by alice."), (f.Ended.Single().State, f.Ended.Single().Reason));
        Assert.Equal(0, f.Job("a").State.Counters.ErrorCount);
    }

    [Fact]
    public void Kill_RunWaitsForARetry_EndsAtOnce()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"));
        var run = f.Start("a");
        f.Fail("a");

        f.Do(new KillRuns("a", run.Id, Alice));

        Assert.Equal(RunState.Killed, Assert.Single(f.Ended).State);
        Assert.Null(f.NextDue);
    }

    [Fact]
    public void Backfill_ParallelismTwo_RunsTwoAtATimeAndEnds()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *") with { Policy = new() { Retries = 0 } });

        Assert.IsType<BackfillStarted>(f.Do(
            new StartBackfill("a", At("2025-12-31T00:00:00Z"), At("2025-12-31T05:00:00Z"), 2, Alice)));
        Assert.Equal(2, f.Launches.Count());
        for (var i = 0; i < 5; i++) f.Report(f.Launches.ElementAt(i).Id, "a", AttemptPhase.Finished, 0);

        Assert.Equal(
            Enumerable.Range(0, 5).Select(h => At($"2025-12-31T0{h}:00:00Z")), f.Ended.Select(r => r.Nominal).Order());
        Assert.Empty(f.Job("a").State.Backfills);
    }

    [Fact]
    public void Start_SameKeyTwice_GivesTheSameRunAlsoAfterARestart()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"));
        var run = f.Start("a", key: "order-7");
        f.Succeed("a");
        f.Restart();

        var again = Assert.IsType<RunStarted>(f.Do(new StartRun("a", null, default, "order-7", Alice)));

        Assert.Equal((run.Id, false), (again.Run.Id, again.IsNew));
        Assert.Empty(f.Launches);
    }

    [Fact]
    public void Start_SameRunRepeatedTwice_GivesTwoRunsOfOneNominalTime()
    {
        var f = new SchedulerFixture();
        f.Put(With(Concurrency.Allow));
        var repeated = new RepeatedRun(RunId.For("a", 1, f.Now, ""), f.Now);

        var runs = Enumerable.Range(0, 2).Select(_ => Assert.IsType<RunStarted>(
            f.Do(new StartRun("a", null, default, null, Alice, repeated))).Run).ToList();

        Assert.NotEqual(runs[0].Id, runs[1].Id);
        Assert.All(runs, r => Assert.Equal(repeated.Nominal, r.Nominal));
    }
}
