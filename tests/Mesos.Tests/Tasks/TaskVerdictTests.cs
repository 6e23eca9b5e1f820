using Chronos.Core.Runs;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Tasks;
using Google.Protobuf;
using Xunit;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Mesos.Tests.Tasks;

public sealed class TaskVerdictTests
{
    [Theory]
    [InlineData(TaskState.TaskStaging, null, AttemptPhase.Starting)]
    [InlineData(TaskState.TaskStarting, null, AttemptPhase.Starting)]
    [InlineData(TaskState.TaskRunning, null, AttemptPhase.Running)]
    [InlineData(TaskState.TaskKilling, null, AttemptPhase.Running)]
    [InlineData(TaskState.TaskFinished, null, AttemptPhase.Finished)]
    [InlineData(TaskState.TaskFailed, null, AttemptPhase.Failed)]
    [InlineData(TaskState.TaskKilled, null, AttemptPhase.Killed)]
    [InlineData(TaskState.TaskFailed, Reason.ContainerLaunchFailed, AttemptPhase.Failed)]
    [InlineData(TaskState.TaskFailed, Reason.ContainerLimitationMemory, AttemptPhase.Failed)]
    [InlineData(TaskState.TaskFailed, Reason.ExecutorRegistrationTimeout, AttemptPhase.Failed)]
    [InlineData(TaskState.TaskFailed, Reason.ExecutorTerminated, AttemptPhase.Doubtful)]
    [InlineData(TaskState.TaskError, Reason.TaskInvalid, AttemptPhase.Failed)]
    [InlineData(TaskState.TaskDropped, Reason.InvalidOffers, AttemptPhase.NeverStarted)]
    [InlineData(TaskState.TaskDropped, Reason.ExecutorTerminated, AttemptPhase.NeverStarted)]
    [InlineData(TaskState.TaskLost, Reason.InvalidOffers, AttemptPhase.NeverStarted)]
    [InlineData(TaskState.TaskLost, Reason.AgentRemoved, null)]
    [InlineData(TaskState.TaskUnreachable, Reason.AgentRemoved, null)]
    [InlineData(TaskState.TaskGone, Reason.ContainerPreempted, AttemptPhase.Gone)]
    [InlineData(TaskState.TaskGone, Reason.ExecutorReregistrationTimeout, AttemptPhase.Doubtful)]
    [InlineData(TaskState.TaskGone, Reason.Reconciliation, AttemptPhase.NeverStarted)]
    [InlineData(TaskState.TaskGoneByOperator, Reason.AgentRemovedByOperator, AttemptPhase.Gone)]
    [InlineData(TaskState.TaskUnknown, Reason.Reconciliation, AttemptPhase.NeverStarted)]
    public void Of_TaskNeverSeen_SaysWhereItStands(TaskState state, Reason? reason, AttemptPhase? phase) =>
        Assert.Equal(phase, TaskVerdict.Of(Status(state, reason), wasSeen: false, isKillAsked: false).Phase);

    [Theory]
    [InlineData(TaskState.TaskGone, AttemptPhase.Gone)]
    [InlineData(TaskState.TaskUnknown, AttemptPhase.Doubtful)]
    public void Of_TaskThatMayHaveRun_IsNeverCalledNotStarted(TaskState state, AttemptPhase phase) =>
        Assert.Equal(phase, Of(Status(state, Reason.Reconciliation)).Phase);

    [Theory]
    [InlineData(TaskState.TaskFailed, Reason.ExecutorTerminated, AttemptPhase.Failed)]
    [InlineData(TaskState.TaskGone, Reason.ExecutorReregistrationTimeout, AttemptPhase.Gone)]
    public void Of_ExecutorThatEndedAfterAKillWasAsked_IsNoRiddle(TaskState state, Reason reason, AttemptPhase phase) =>
        Assert.Equal(phase, TaskVerdict.Of(Status(state, reason), wasSeen: true, isKillAsked: true).Phase);

    /// <summary>Masters leave out why; an agent that has lost the executor calls the task failed as well.</summary>
    [Theory]
    [InlineData(TaskState.TaskFailed, Reason.AgentReregistered, "Unreachable agent re-reregistered")]
    [InlineData(TaskState.TaskGone, Reason.AgentReregistered, "Unknown agent reregistered")]
    [InlineData(TaskState.TaskFailed, Reason.Reconciliation, "Reconciliation: Latest task state")]
    [InlineData(TaskState.TaskGone, Reason.Reconciliation, "Reconciliation: Latest task state")]
    public void Of_EndThatAMasterTellsForTheAgent_WaitsForTheAgent(TaskState state, Reason reason, string message)
    {
        var status = Status(state, reason);
        status.Message = message;

        Assert.Null(Of(status).Phase);

        (status.Uuid, status.Reason) = (ByteString.CopyFrom(new byte[16]), Reason.ContainerLimitationMemory);
        Assert.NotNull(Of(status).Phase);
    }

    [Theory]
    [InlineData("Failed to launch container: 'docker pull x' exited with status 1", null, null)]
    [InlineData("Command exited with status 3", 3, null)]
    [InlineData("Container exited with status 137", 137, null)]
    [InlineData("Command terminated with signal Killed", null, 9)]
    [InlineData("Command terminated with signal Segmentation fault (core dumped)", null, 11)]
    [InlineData("Command terminated with signal Unheard of", null, null)]
    [InlineData("Failed to launch container: exited oddly", null, null)]
    [InlineData("", null, null)]
    public void Of_Failed_ReadsTheExitFromItsWords(string message, int? exitCode, int? signal)
    {
        var status = Status(TaskState.TaskFailed, null);
        status.Message = message;

        var verdict = Of(status);

        Assert.Equal((exitCode, signal), (verdict.ExitCode, verdict.Signal));
    }

    [Fact]
    public void Of_StateNewerThanUs_IsNoVerdict() =>
        Assert.Null(Of(Status((TaskState)99, null)).Phase);

    [Fact]
    public void Of_EveryKnownState_IsJudged() => Assert.All(
        Enum.GetValues<TaskState>(), state => Assert.NotNull(Of(Status(state, null))));

    private static TaskVerdict Of(TaskStatus status) => TaskVerdict.Of(status, wasSeen: true, isKillAsked: false);

    private static TaskStatus Status(TaskState state, Reason? reason)
    {
        var status = new TaskStatus { TaskId = new() { Value = "t" }, State = state };
        if (reason is { } given) status.Reason = given;
        return status;
    }
}
