using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class BackfillTests
{
    private static readonly Instant From = At("2025-12-01T00:00:00Z");

    [Fact]
    public void Backfill_JobDisabledOnTheWay_EndsWithItsLastRun()
    {
        var f = Started(parallelism: 2);

        f.Do(new SetDisabled("a", true, "", Alice));
        Assert.Single(f.Job("a").State.Backfills);
        foreach (var launch in f.Launches.ToList()) f.Report(launch.Id, "a", AttemptPhase.Finished, 0);

        Assert.Equal(2, f.Launches.Count());
        Assert.True(f.Job("a").State.Backfills.IsEmpty);
    }

    [Fact]
    public void Backfill_JobLosesItsSchedule_EndsWithItsLastRun()
    {
        var f = Started(parallelism: 1);

        f.Put(Manual("a"));
        f.Succeed("a");

        Assert.Single(f.Launches);
        Assert.True(f.Job("a").State.Backfills.IsEmpty);
    }

    [Fact]
    public void Cancel_RunsActive_LetsThemEndAndStartsNoMore()
    {
        var f = Started(parallelism: 1);

        f.Do(new CancelBackfill("a", f.Job("a").State.Backfills[0].Id, Alice));
        f.Succeed("a");

        Assert.Single(f.Launches);
        Assert.Equal(RunState.Succeeded, f.Ended.Single().State);
    }

    [Fact]
    public void Hold_BackfillBesideARun_StartsAfterTheRestartThoughTheJobHasNoRoom()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *"));
        f.Start("a");
        f.HoldLaunches();
        f.Do(new StartBackfill("a", From, From + Duration.FromHours(1), 1, Alice));

        f.Restart();

        Assert.Contains(f.Launches, l => l.Id.Run == f.Job("a").State.ActiveRuns[1].Id);
    }

    private static SchedulerFixture Started(int parallelism)
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 * * * *"));
        f.Do(new StartBackfill("a", From, From + Duration.FromHours(5), parallelism, Alice));
        return f;
    }
}
