using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class RetryTests
{
    [Fact]
    public void Fail_RetriesLeft_LaunchesTheNextAttemptAfterTheDelay()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Retries = 1, RetryDelay = Duration.FromSeconds(30) } });
        var run = f.Start("a");
        f.Fail("a");

        Assert.Equal(At("2026-01-01T00:00:30Z"), f.NextDue);
        f.AdvanceTo("2026-01-01T00:00:30Z");

        Assert.Equal([new AttemptId(run.Id, 1), new AttemptId(run.Id, 2)], f.Launches.Select(l => l.Id));
        Assert.Equal("1", f.Launches.Last().Environment.Single(v => v.Name == "CHRONOS_JOB_RUN_ATTEMPT").Value);
    }

    [Fact]
    public void Fail_LastAttempt_EndsTheRunWithAllAttempts()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Retries = 2 } });
        f.Start("a");
        for (var i = 0; i < 3; i++)
        {
            f.Fail("a");
            f.AdvanceTo($"2026-01-01T00:0{i + 1}:00Z");
        }

        var ended = Assert.Single(f.Ended);
        Assert.Equal(RunState.Failed, ended.State);
        Assert.Equal([1, 2, 3], ended.Attempts.Select(a => a.Number));
        Assert.Equal(1, f.Job("a").State.Counters.ErrorCount);
    }

    [Fact]
    public void Fail_BackOff_GrowsUpToItsMaximum()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with
        {
            Policy = new()
            {
                Retries = 5,
                RetryDelay = Duration.FromSeconds(10),
                Backoff = new(2, Duration.FromSeconds(25), 0),
            },
        });
        f.Start("a");
        var delays = new List<Duration>();
        for (var i = 0; i < 3; i++)
        {
            f.Fail("a");
            delays.Add(f.NextDue!.Value - f.Now);
            f.AdvanceTo(f.NextDue.Value.ToString());
        }

        Assert.Equal([Duration.FromSeconds(10), Duration.FromSeconds(20), Duration.FromSeconds(25)], delays);
    }

    [Fact]
    public void Timeout_AttemptRunsTooLong_IsKilledAndRetried()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Retries = 1, Timeout = Duration.FromMinutes(5) } });
        f.Start("a");
        f.Run("a");

        f.AdvanceTo("2026-01-01T00:05:00Z");
        Assert.Equal(f.Active("a").AttemptId, Assert.Single(f.Kills).Attempt);
        f.Report(f.Active("a").AttemptId, "a", AttemptPhase.Killed);

        Assert.NotNull(f.Active("a").RetryAt);
        Assert.Contains("longer than the job's timeout", f.Active("a").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AttemptPhase.Gone, DoubtPolicy.Skip, false)]
    [InlineData(AttemptPhase.Gone, DoubtPolicy.Run, false)]
    [InlineData(AttemptPhase.Doubtful, DoubtPolicy.Run, false)]
    [InlineData(AttemptPhase.Doubtful, DoubtPolicy.Skip, true)]
    public void Report_AttemptLost_FollowsThePolicyForDoubt(AttemptPhase phase, DoubtPolicy policy, bool endsAsLost)
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Retries = 1, OnDoubt = policy } });
        f.Start("a");
        f.Run("a");

        f.Report(f.Active("a").AttemptId, "a", phase);

        Assert.Equal(endsAsLost, f.Ended.Count == 1 && f.Ended[0].State == RunState.Lost);
        Assert.Equal(endsAsLost, f.Job("a").State.ActiveRuns.IsEmpty);
    }

    [Fact]
    public void Async_CommandEnds_WaitsForTheCallback()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Async = true, Retries = 0 } });
        var run = f.Start("a");
        f.Run("a");
        f.Succeed("a");
        Assert.True(f.Active("a").AwaitsCallback);

        f.Do(new CompleteRun("a", run.Id, 0, "", Alice));

        Assert.Equal(RunState.Succeeded, Assert.Single(f.Ended).State);
    }

    [Fact]
    public void Async_CallbackSaysFailure_FailsTheAttemptWithItsCode()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a") with { Policy = new() { Async = true, Retries = 0 } });
        var run = f.Start("a");
        f.Run("a");
        f.Succeed("a");

        f.Do(new CompleteRun("a", run.Id, 17, "no rows", Alice));

        var ended = Assert.Single(f.Ended);
        Assert.Equal((RunState.Failed, 17, "no rows"), (ended.State, ended.Attempts[0].ExitCode, ended.Reason));
    }
}
