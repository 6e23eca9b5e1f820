using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Xunit;
using static Chronos.Core.Tests.Scheduling.SchedulerFixture;

namespace Chronos.Core.Tests.Scheduling;

public sealed class DependencyTests
{
    private static readonly RunPolicy Once = new() { Retries = 0 };

    [Theory]
    [InlineData(ParentTrigger.Success, AttemptPhase.Finished, false, true)]
    [InlineData(ParentTrigger.Success, AttemptPhase.Failed, false, false)]
    [InlineData(ParentTrigger.Success, AttemptPhase.Failed, true, true)]
    [InlineData(ParentTrigger.Failure, AttemptPhase.Finished, false, false)]
    [InlineData(ParentTrigger.Failure, AttemptPhase.Failed, false, true)]
    [InlineData(ParentTrigger.Failure, AttemptPhase.Failed, true, false)]
    [InlineData(ParentTrigger.Completion, AttemptPhase.Finished, false, true)]
    [InlineData(ParentTrigger.Completion, AttemptPhase.Failed, false, true)]
    public void ParentEnds_Trigger_DecidesWhetherTheChildStarts(
        ParentTrigger trigger, AttemptPhase phase, bool softError, bool starts)
    {
        var f = new SchedulerFixture();
        f.Put(Manual("p")
            with { Policy = Once with { SoftError = softError } }, Child("c", "p") with { Trigger = trigger });
        f.Start("p");

        f.Report(f.Active("p").AttemptId, "p", phase);

        Assert.Equal(starts, f.Launches.Any(l => l.Job.Name == "c"));
    }

    [Fact]
    public void SeveralParents_EachHasFinished_StartTheChildOnce()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"), Manual("b"), Child("c", "a", "b"));

        Finish(f, "a");
        Finish(f, "a");
        Assert.Equal(["a"], f.Job("c").State.FinishedParents);
        Finish(f, "b");

        Assert.Equal(RunCauseKind.Parents, f.Active("c").Cause.Kind);
        Assert.Empty(f.Job("c").State.FinishedParents);
    }

    [Fact]
    public void SeveralParents_RestartHalfWay_KeepsWhatHasFinished()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"), Manual("b"), Child("c", "a", "b"));
        Finish(f, "a");

        f.Restart();
        Finish(f, "b");

        Assert.Single(f.Job("c").State.ActiveRuns);
    }

    [Fact]
    public void Retry_Pending_DoesNotStartTheChildYet()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("p"), Child("c", "p") with { Trigger = ParentTrigger.Failure });
        f.Start("p");

        f.Fail("p");

        Assert.Empty(f.Job("c").State.ActiveRuns);
    }

    [Fact]
    public void MarkSuccess_Parent_ReleasesEnabledChildrenAndCounts()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("job1"), Child("job2", "job1"), Child("job3", "job1") with { Disabled = true });

        f.Do(new MarkSuccess("job1", Alice));

        Assert.Equal("job2", Assert.Single(f.Launches).Job.Name);
        Assert.Equal(1, f.Job("job1").State.Counters.SuccessCount);
        Assert.Equal(RunState.Skipped, Assert.Single(f.Ended).State);
    }

    [Fact]
    public void Put_ManyInAnyOrder_AreCreatedTogether()
    {
        var f = new SchedulerFixture();

        var put = f.Put(Child("c", "b"), Child("b", "a"), Manual("a"));

        Assert.Equal(3, put.Created);
        Finish(f, "a");
        Assert.Single(f.Job("b").State.ActiveRuns);
    }

    [Fact]
    public void Put_UnknownParent_IsRefusedAndNothingChanges()
    {
        var f = new SchedulerFixture();

        var refused = f.PutRefused(Manual("good"), Child("bad", "nobody"));

        Assert.Equal(("parents", "nobody"), (refused.Violations[0].Field, refused.Violations[0].Value));
        Assert.False(f.Has("good"));
    }

    [Fact]
    public void Put_EdgeClosesACircle_IsRefusedNamingIt()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"), Child("b", "a"), Child("c", "b"));

        var refused = f.PutRefused(Child("a", "c"));

        Assert.Contains("circle", refused.Violations[0].Rule, StringComparison.Ordinal);
        Assert.Empty(f.Job("a").Job.Parents);
    }

    [Fact]
    public void Delete_ParentWithChildren_IsRefusedNamingThem()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"), Child("b", "a"));

        var refused = Assert.IsType<Refused>(f.Do(new DeleteJob("a", ChildPolicy.Refuse, Alice)));

        Assert.Equal(RefusalKind.Conflict, refused.Kind);
        Assert.Contains("'b'", refused.Violations[0].Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Delete_Inherit_GivesTheChildTheSchedule()
    {
        var f = new SchedulerFixture();
        f.Put(Scheduled("a", "0 5 * * *"), Child("b", "a") with { Description = "kept" });

        f.Do(new DeleteJob("a", ChildPolicy.Inherit, Alice));

        Assert.False(f.Has("a"));
        Assert.Equal("0 5 * * *", f.Job("b").Job.Schedule?.Text);
        Assert.Equal("kept", f.Job("b").Job.Description);
        Assert.Equal(At("2026-01-01T05:00:00Z"), f.NextDue);
    }

    [Fact]
    public void Delete_InheritFromADependentJob_RewiresToItsParents()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"), Child("b", "a"), Child("c", "b"));

        f.Do(new DeleteJob("b", ChildPolicy.Inherit, Alice));
        Finish(f, "a");

        Assert.Equal(["a"], f.Job("c").Job.Parents);
        Assert.Single(f.Job("c").State.ActiveRuns);
    }

    [Fact]
    public void Delete_WithChildren_RemovesAllBelow()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"), Child("b", "a"), Child("c", "b"), Manual("other"));

        f.Do(new DeleteJob("a", ChildPolicy.Delete, Alice));

        Assert.Equal([false, false, false, true], new[] { "a", "b", "c", "other" }.Select(f.Has));
    }

    [Fact]
    public void Delete_RunActive_KillsItAndRecordsIt()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"));
        var run = f.Start("a");

        f.Do(new DeleteJob("a", ChildPolicy.Refuse, Alice));
        f.Report(run.AttemptId, "a", AttemptPhase.Killed);

        Assert.Equal(run.AttemptId, Assert.Single(f.Kills).Attempt);
        Assert.Equal((RunState.Killed, "Its job was deleted."), (f.Ended.Single().State, f.Ended.Single().Reason));
        Assert.Contains(f.Effects, e => e is Acknowledge done && done.Attempt == run.AttemptId);
    }

    [Theory]
    [InlineData(-1L, 0L)]
    [InlineData(0L, 7L)]
    [InlineData(-1L, 1L)]
    public void Put_VersionIsAnother_IsRefused(long incarnation, long revision)
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"));

        var reply = f.Do(new PutJobs([Manual("a") with { Command = "false" }], Alice,
            new(f.Job("a").State.Incarnation + incarnation, revision)));

        Assert.Equal(RefusalKind.RevisionMismatch, Assert.IsType<Refused>(reply).Kind);
        Assert.Equal("true", f.Job("a").Job.Command);
    }

    [Fact]
    public void Put_JobThatMustNotExist_IsRefused()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"));

        var refused = Assert.IsType<Refused>(f.Do(new PutJobs([Manual("a")], Alice, JobVersion.None)));

        Assert.Contains("exists already", Assert.Single(refused.Violations).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Delete_JobWasCreatedAgain_IsRefused()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"));
        var version = f.Job("a").State.Version;
        f.Do(new DeleteJob("a", ChildPolicy.Refuse, Alice));
        f.Put(Manual("a"));

        var refused = Assert.IsType<Refused>(f.Do(new DeleteJob("a", ChildPolicy.Refuse, Alice, version)));

        Assert.Contains("created again", Assert.Single(refused.Violations).Rule, StringComparison.Ordinal);
        Assert.NotNull(f.Job("a"));
    }

    [Fact]
    public void Restart_JobDeletedMeanwhileWasRunning_StopsTheStrayAttempt()
    {
        var f = new SchedulerFixture();
        f.Put(Manual("a"));
        var run = f.Start("a");
        f.Do(new DeleteJob("a", ChildPolicy.Refuse, Alice));
        f.Restart();

        f.Report(run.AttemptId, "a", AttemptPhase.Running);

        Assert.Equal(run.AttemptId, Assert.Single(f.Kills).Attempt);
    }

    private static void Finish(SchedulerFixture f, string name)
    {
        f.Start(name);
        f.Succeed(name);
    }
}
