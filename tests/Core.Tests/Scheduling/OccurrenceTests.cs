using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class OccurrenceTests
{
    private static readonly RunPolicy Parallel = new() { Concurrency = Concurrency.Allow };

    [Fact]
    public void Tick_EachOccurrence_LaunchesOnceAtItsTime()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "*/5 * * * *") with { Policy = Parallel });

        f.AdvanceTo("2026-01-01T00:15:00Z");

        Assert.Equal(
            [At("2026-01-01T00:05:00Z"), At("2026-01-01T00:10:00Z"), At("2026-01-01T00:15:00Z")],
            f.Job("a").State.ActiveRuns.Select(r => r.Nominal));
        Assert.Equal(3, f.Launches.Count());
        Assert.Equal(3, f.Launches.Select(l => l.Id).Distinct().Count());
    }

    [Fact]
    public void Tick_BeforeItsTime_DecidesNothing()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 1 * * *"));

        f.JumpTo("2026-01-01T00:59:59.9999999Z");
        f.Do(Core.Scheduling.Tick.Instance);

        Assert.Empty(f.Launches);
        Assert.Equal(At("2026-01-01T01:00:00Z"), f.NextDue);
    }

    [Fact]
    public void Tick_PreviousRunActive_SkipsWithReason()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "*/5 * * * *"));
        f.AdvanceTo("2026-01-01T00:05:01Z");
        f.Run("a");

        f.AdvanceTo("2026-01-01T00:10:00Z");

        var skipped = Assert.Single(f.Ended);
        Assert.Equal(RunState.Skipped, skipped.State);
        Assert.Equal(At("2026-01-01T00:10:00Z"), skipped.Nominal);
        Assert.Equal("The run of 2026-01-01T00:05:00Z is still active.", skipped.Reason);
    }

    [Fact]
    public void Tick_RepetitionsUsedUp_DisablesAfterLastSuccess()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "R2/2026-01-01T00:01:00Z/PT1M"));

        f.AdvanceTo("2026-01-01T00:01:00Z");
        f.Succeed("a");
        Assert.False(f.Job("a").Job.Disabled);
        f.AdvanceTo("2026-01-01T00:02:00Z");
        f.Succeed("a");

        Assert.True(f.Job("a").Job.Disabled);
        Assert.Equal("All occurrences of its schedule have been decided.", f.Job("a").State.DisabledReason);
        Assert.Null(f.NextDue);
    }

    [Fact]
    public void Tick_LastRepetitionFails_StaysEnabledAndNeverFiresAgain()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "R1/2026-01-01T00:01:00Z/PT1M") with { Policy = new() { Retries = 0 } });

        f.AdvanceTo("2026-01-01T00:01:00Z");
        f.Fail("a");
        f.AdvanceTo("2026-02-01T00:00:00Z");

        Assert.False(f.Job("a").Job.Disabled);
        Assert.Single(f.Launches);
    }

    [Fact]
    public void Tick_ManualRunAndRetry_DoNotUseUpRepetitions()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "R2/2026-01-01T01:00:00Z/PT1H"));

        f.Start("a");
        f.Fail("a");
        f.AdvanceTo("2026-01-01T00:10:00Z");
        f.Succeed("a");
        f.AdvanceTo("2026-01-01T01:00:00Z");
        f.Succeed("a");
        f.AdvanceTo("2026-01-01T02:00:00Z");

        Assert.Equal(At("2026-01-01T02:00:00Z"), f.Active("a").Nominal);
    }

    [Fact]
    public void Put_EmptyStart_IsDueAtOnce()
    {
        var f = new SchedulerFixture("2026-01-01T00:00:00.1234567Z");
        f.Put(Scheduled("a", "R//PT1M"));

        f.JumpTo("2026-01-01T00:00:00.1234567Z");

        Assert.Single(f.Launches);
        Assert.Equal(At("2026-01-01T00:01:00.123Z"), f.NextDue);
    }

    [Fact]
    public void Tick_Disabled_DecidesNothing()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "* * * * *") with { Disabled = true });

        f.AdvanceTo("2026-01-01T01:00:00Z");

        Assert.Empty(f.Launches);
        Assert.Empty(f.Ended);
    }

    [Fact]
    public void Enable_AfterOccurrencesPassed_DoesNotCatchThemUp()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "* * * * *") with { Disabled = true });
        f.AdvanceTo("2026-01-01T01:00:30Z");

        f.Do(new Core.Scheduling.SetDisabled("a", false, "", Alice));
        f.JumpTo("2026-01-01T01:00:30Z");

        Assert.Empty(f.Launches);
        Assert.Equal(At("2026-01-01T01:01:00Z"), f.NextDue);
    }

    [Fact]
    public void Put_ScheduleEdited_DoesNotFireRetroactively()
    {
        var f = new SchedulerFixture("2026-01-01T12:00:00Z");
        f.Put(Scheduled("a", "0 13 * * *"));

        f.Put(Scheduled("a", "R/2025-01-01T11:00:00Z/P1D"));
        f.JumpTo("2026-01-01T12:00:01Z");

        Assert.Empty(f.Launches);
        Assert.Equal(At("2026-01-02T11:00:00Z"), f.NextDue);
    }

    [Fact]
    public void Put_SameScheduleAgain_KeepsCursorAndCounters()
    {
        var f = new SchedulerFixture();
        var job = Scheduled("a", "R/2026-01-01T00:01:00Z/PT1M");
        f.Put(job);
        f.AdvanceTo("2026-01-01T00:01:00Z");
        f.Succeed("a");

        f.Put(job with { Description = "edited" });
        f.JumpTo("2026-01-01T00:01:30Z");

        Assert.Single(f.Launches);
        Assert.Equal(1, f.Job("a").State.Counters.SuccessCount);
        Assert.Equal(2, f.Job("a").State.Revision);
    }

    [Fact]
    public void Tick_ExcludedDate_IsNotDue()
    {
        var day = new LocalDate(2026, 1, 2);
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 6 * * *", s => s with { ExcludedDates = [new DateInterval(day, day.PlusDays(1))] }));

        f.AdvanceTo("2026-01-01T06:00:00Z");
        f.Succeed("a");

        Assert.Equal(At("2026-01-04T06:00:00Z"), f.NextDue);
    }

    [Fact]
    public void Tick_OutsideStartAndEnd_IsNotDue()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *", s => s with
        {
            StartAfter = At("2026-01-01T05:00:00Z"),
            EndBefore = At("2026-01-01T06:00:00Z"),
        }));

        Assert.Equal(At("2026-01-01T05:00:00Z"), f.NextDue);
        f.AdvanceTo("2026-01-01T05:00:00Z");
        f.Fail("a");
        f.AdvanceTo("2026-01-02T00:00:00Z");

        Assert.Equal(2, f.Launches.Count()); // the occurrence and its retry
    }

    [Fact]
    public void Tick_Jitter_DelaysTheSameWayAndKeepsNominalTime()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *", s => s with { Jitter = Duration.FromMinutes(10) }));
        var due = f.NextDue!.Value;

        f.AdvanceTo("2026-01-01T01:10:00Z");
        f.Restart();

        Assert.InRange(due, At("2026-01-01T01:00:00Z"), At("2026-01-01T01:10:00Z"));
        Assert.Equal(At("2026-01-01T01:00:00Z"), f.Active("a").Nominal);
        Assert.Equal(due, f.Active("a").CreatedAt);
    }

    [Fact]
    public void Tick_ClockSetBack_DoesNotDecideAgain()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "* * * * *") with { Policy = Parallel });
        f.AdvanceTo("2026-01-01T02:00:00Z");
        var before = f.Launches.Count();

        f.JumpTo("2026-01-01T01:00:00Z");
        f.AdvanceTo("2026-01-01T02:00:59Z");

        Assert.Equal(before, f.Launches.Count());
    }
}
