using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class MissedTests
{
    [Fact]
    public void Jump_WithinEpsilon_RunsAsIfOnTime()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 1 * * *", s =>
            s with { Missed = MissedPolicy.Default with { Mode = MissedMode.None } }));

        f.JumpTo("2026-01-01T01:01:00Z");

        Assert.Equal(At("2026-01-01T01:00:00Z"), f.Active("a").Nominal);
        Assert.Empty(f.Ended);
    }

    [Fact]
    public void Jump_PolicyNone_RecordsEachMissed()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *", s =>
            s with { Missed = MissedPolicy.Default with { Mode = MissedMode.None } }));

        f.JumpTo("2026-01-01T03:30:00Z");

        Assert.Empty(f.Launches);
        var missed = Assert.Single(f.Ended);
        Assert.Equal(RunState.Missed, missed.State);
        Assert.Equal(At("2026-01-01T01:00:00Z"), missed.Nominal);
        Assert.Equal(new MissedRange(At("2026-01-01T03:00:00Z"), 3), missed.Range);
        Assert.Contains("1800 s late", missed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Jump_PolicyLatest_RunsTheLatestAndRecordsTheOthers()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *"));

        f.JumpTo("2026-01-01T03:30:00Z");

        Assert.Equal(At("2026-01-01T03:00:00Z"), f.Active("a").Nominal);
        Assert.Equal("Runs late, by 1800 s.", f.Active("a").Reason);
        var missed = Assert.Single(f.Ended);
        Assert.Equal(new MissedRange(At("2026-01-01T02:00:00Z"), 2), missed.Range);
        Assert.Equal(At("2026-01-01T04:00:00Z"), f.NextDue);
    }

    [Fact]
    public void Jump_PolicyLatestWithOneOnTime_RunsOnlyThatOne()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *"));

        f.JumpTo("2026-01-01T03:00:10Z");

        Assert.Equal(At("2026-01-01T03:00:00Z"), f.Active("a").Nominal);
        Assert.Equal(2, Assert.Single(f.Ended).Range!.Count);
    }

    [Fact]
    public void Jump_PolicyAll_RunsThemOneAfterTheOther()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *", s => s with { Missed = new(MissedMode.All, 2, Duration.FromDays(1)) }));

        f.JumpTo("2026-01-01T03:30:00Z");

        Assert.Single(f.Launches);
        Assert.Equal(
            [At("2026-01-01T02:00:00Z"), At("2026-01-01T03:00:00Z")],
            f.Job("a").State.ActiveRuns.Select(r => r.Nominal));
        Assert.Equal(At("2026-01-01T01:00:00Z"), Assert.Single(f.Ended).Nominal);
        Assert.Null(f.Ended[0].Range);

        f.Report(f.Launches.First().Id, "a", AttemptPhase.Finished, 0);
        Assert.Equal(2, f.Launches.Count());
        Assert.Equal(At("2026-01-01T03:00:00Z"), f.Active("a").Nominal);
    }

    [Fact]
    public void Jump_OlderThanWindow_IsOnlyRecorded()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 1 * * *", s => s with { Missed = new(MissedMode.Latest, 100, Duration.FromHours(2)) }));

        f.JumpTo("2026-01-01T04:00:00Z");

        Assert.Empty(f.Launches);
        Assert.Equal(RunState.Missed, Assert.Single(f.Ended).State);
    }

    [Fact]
    public void Jump_YearsOfSeconds_EndsWithOneRecordWithoutCount()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "R/2020-01-01T00:00:00Z/PT1S"));

        f.JumpTo("2026-06-01T00:00:00Z");

        var missed = f.Ended.First(r => r.State == RunState.Missed);
        Assert.Equal(At("2020-01-01T00:00:00Z"), missed.Nominal);
        Assert.Null(missed.Range!.Count);
        Assert.Equal(At("2026-05-31T23:58:59Z"), missed.Range.Last);
        Assert.True(f.NextDue > At("2026-06-01T00:00:00Z"));
    }

    [Fact]
    public void Put_NewJobWithStartInThePast_RunsOnceAtOnce()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "R/2012-01-01T00:00:01Z/P1M"));

        f.JumpTo("2026-01-01T00:00:00Z");

        Assert.Single(f.Launches);
        Assert.Equal(At("2026-01-01T00:00:01Z"), f.NextDue);
    }

    [Fact]
    public void Jump_CrashAfterDecision_DoesNotDecideAgain()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *"));
        f.JumpTo("2026-01-01T03:30:00Z");
        var attempt = f.Active("a").AttemptId;

        var launched = f.Restart();
        f.JumpTo("2026-01-01T03:31:00Z");

        Assert.Equal(attempt, Assert.Single(launched).Id);
        Assert.Empty(f.Launches);
    }

    /// <summary>Whatever the outage, every occurrence is a run or lies in exactly one missed record.</summary>
    [Theory]
    [InlineData(MissedMode.None)]
    [InlineData(MissedMode.Latest)]
    [InlineData(MissedMode.All)]
    public void Jump_AnyLength_DecidesEveryOccurrenceExactlyOnce(MissedMode mode)
    {
        for (var minutes = 1; minutes < 200; minutes += 7)
        {
            var f = new SchedulerFixture();
            f.Put(Scheduled("a", "*/2 * * * *", s => s with { Missed = new(mode, 5, Duration.FromDays(1)) }));
            f.JumpTo(At("2026-01-01T00:00:00Z").Plus(Duration.FromMinutes(minutes)).ToString());

            var runs = f.Job("a").State.ActiveRuns.Select(r => r.Nominal)
                .Concat(f.Ended.Where(r => r.State == RunState.Skipped).Select(r => r.Nominal));
            var missed = f.Ended.Where(r => r.State == RunState.Missed)
                .SelectMany(r => Every2Minutes(r.Nominal, r.Range?.Last ?? r.Nominal));
            var expected = Every2Minutes(
                At("2026-01-01T00:02:00Z"), At("2026-01-01T00:00:00Z").Plus(Duration.FromMinutes(minutes)));
            Assert.Equal(expected, runs.Concat(missed).Order());
        }
    }

    private static IEnumerable<Instant> Every2Minutes(Instant from, Instant to)
    {
        for (var at = from; at <= to; at += Duration.FromMinutes(2)) yield return at;
    }
}
