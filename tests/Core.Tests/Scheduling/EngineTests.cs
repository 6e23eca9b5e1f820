using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class EngineTests
{
    private static readonly Job OnOne = Manual("a") with { Task = new() { Engine = "one" } };
    private static readonly Job OnTwo = OnOne with { Task = new() { Engine = "two" } };

    [Fact]
    public void Kill_EngineEditedMeanwhile_GoesToTheEngineThatHasTheAttempt()
    {
        var f = new SchedulerFixture();
        f.Put(OnOne);
        f.Start("a");

        f.Put(OnTwo);
        f.Do(new KillRuns("a", null, Alice));

        Assert.Equal("one", Assert.Single(f.Kills).Engine);
    }

    [Fact]
    public void Restart_EngineEditedMeanwhile_AsksTheEngineThatHasTheAttempt()
    {
        var f = new SchedulerFixture();
        f.Put(OnOne);
        f.Start("a");
        f.Put(OnTwo);

        Assert.Equal("one", Assert.Single(f.Restart()).Engine);
    }

    [Fact]
    public void End_EngineEditedMeanwhile_IsAcknowledgedToTheEngineThatSaidIt()
    {
        var f = new SchedulerFixture();
        f.Put(OnOne);
        var run = f.Start("a");
        f.Put(OnTwo);

        f.Do(new AttemptReported(new()
        {
            Id = run.AttemptId, JobName = "a", Phase = AttemptPhase.Finished, ExitCode = 0,
        }, "one"));

        Assert.Equal("one", Assert.Single(f.Effects.OfType<Acknowledge>()).Engine);
    }

    [Fact]
    public void NeverStarted_EngineEditedMeanwhile_StartsOnTheNewEngineAndRemembersIt()
    {
        var f = new SchedulerFixture();
        f.Put(OnOne);
        var run = f.Start("a");
        f.Put(OnTwo);

        f.Report(run.AttemptId, "a", AttemptPhase.NeverStarted);

        Assert.Equal("two", f.Launches.Last().Job.Task.Engine);
        Assert.Equal("two", f.Active("a").Engine);
    }

    [Fact]
    public void Hold_RetryComesDue_StartsItAfterTheRestart()
    {
        var f = new SchedulerFixture();
        f.Put(OnOne);
        var first = f.Start("a").AttemptId;
        f.Fail("a");
        f.HoldLaunches();
        f.AdvanceTo("2026-01-01T00:02:00Z");

        Assert.Equal(first, Assert.Single(f.Launches).Id);

        Assert.Empty(f.Restart());
        f.AdvanceTo("2026-01-01T00:02:01Z");

        Assert.Equal(first with { Number = 2 }, Assert.Single(f.Launches).Id);
    }

    [Fact]
    public void Hold_TimeoutPasses_IsKilled()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "* * * * *") with { Policy = new() { Timeout = Duration.FromSeconds(30) } });
        var run = f.Start("a");
        f.Report(run.AttemptId, "a", AttemptPhase.Running);
        f.HoldLaunches();

        f.AdvanceTo("2026-01-01T00:05:00Z");

        Assert.Equal(run.AttemptId, Assert.Single(f.Effects.OfType<Kill>()).Attempt);
        Assert.Single(f.Job("a").State.ActiveRuns); // and no minute started another
    }
}
