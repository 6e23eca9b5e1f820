using Chronos.Mesos.Protocol;
using Chronos.Mesos.Tasks;
using Google.Protobuf;
using Xunit;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Mesos.Tests.Tasks;

public sealed class ReconciliationAnswersTests
{
    private readonly ReconciliationAnswers answers = new();

    /// <summary>Seen on a real master: it was asked while the agent's word was on its way to it.</summary>
    [Fact]
    public void Take_AgentsWordOlderThanTheMastersAnswer_Counts()
    {
        answers.Launch();
        answers.Ask();
        Assert.True(answers.Take(FromMaster(TaskState.TaskStaging, 100.2), isAbsent: false));
        Assert.True(answers.Take(FromAgent(TaskState.TaskGone, 100.1, "a"), isAbsent: true));
    }

    [Fact]
    public void Take_AgentWhoseClockIsBehind_Counts()
    {
        Assert.True(answers.Take(FromMaster(TaskState.TaskUnknown, 100), isAbsent: true));
        answers.Launch();
        Assert.True(answers.Take(FromAgent(TaskState.TaskDropped, 50, "a"), isAbsent: true));
    }

    [Fact]
    public void Take_WordOfAnAgentRepeatedAfterASecondLaunch_DoesNotCount()
    {
        Assert.True(answers.Take(FromAgent(TaskState.TaskDropped, 100, "a"), isAbsent: true));
        answers.Launch();
        Assert.False(answers.Take(FromAgent(TaskState.TaskDropped, 100, "a"), isAbsent: true));
        Assert.True(answers.Take(FromAgent(TaskState.TaskDropped, 101, "b"), isAbsent: true));
    }

    [Fact]
    public void Take_AnswerToAQuestionFromBeforeTheLaunch_DoesNotCount()
    {
        answers.Ask();
        answers.Launch();
        Assert.False(answers.Take(FromMaster(TaskState.TaskUnknown, 100), isAbsent: true));
        answers.Ask();
        Assert.True(answers.Take(FromMaster(TaskState.TaskUnknown, 101), isAbsent: true));
    }

    [Fact]
    public void Take_MastersAbsenceOlderThanItsPresence_DoesNotCount()
    {
        Assert.True(answers.Take(FromMaster(TaskState.TaskRunning, 100), isAbsent: false));
        Assert.False(answers.Take(FromMaster(TaskState.TaskUnknown, 99), isAbsent: true));
        Assert.True(answers.Take(FromMaster(TaskState.TaskUnknown, 101), isAbsent: true));
    }

    private static TaskStatus FromMaster(TaskState state, double time) =>
        new() { TaskId = new() { Value = "t" }, State = state, Timestamp = time, Reason = Reason.Reconciliation };

    private static TaskStatus FromAgent(TaskState state, double time, string uuid) => new()
    {
        TaskId = new() { Value = "t" }, State = state, Timestamp = time, Uuid = ByteString.CopyFromUtf8(uuid),
    };
}
