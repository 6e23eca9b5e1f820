using System.Net;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Executor;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Agents;
using Google.Protobuf;
using Xunit;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;
using SchedulerCall = Chronos.Mesos.Protocol.Scheduler.Call;
using SchedulerEvent = Chronos.Mesos.Protocol.Scheduler.Event.Types.Type;

namespace Mesos.Tests.Simulator;

/// <summary>Agent executor endpoint, kill and messages: executors that speak for themselves, from the agent's side and
/// the scheduler's.</summary>
public sealed class ExecutorApiTests : IAsyncLifetime
{
    private SimulatedCluster cluster = null!; // set before each test
    private TestScheduler scheduler = null!; // set before each test

    private SimulatedAgent Agent => cluster.Agents[0];

    public async ValueTask InitializeAsync()
    {
        cluster = await SimulatedCluster.StartAsync(new()
        {
            TimeScale = 50,
            Agents = 1,
            CustomExecutors = CustomExecutors.External,
        });
        scheduler = await TestScheduler.SubscribeAsync(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await scheduler.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task Subscribe_IsAnsweredWithWhatItIs_AndItsTasks()
    {
        await LaunchAsync("one", "two");

        await using var executor = await SubscribeAsync();

        var subscribed = (await executor.NextAsync(Event.Types.Type.Subscribed)).Subscribed;
        Assert.Equal(TestExecutor.Id, subscribed.ExecutorInfo.ExecutorId.Value);
        Assert.Equal(scheduler.FrameworkId, subscribed.FrameworkInfo.Id.Value);
        Assert.Equal((Agent.Id, Agent.Port), (subscribed.AgentInfo.Id.Value, subscribed.AgentInfo.Port));
        Assert.Equal(36, subscribed.ContainerId.Value.Length);
        Assert.Equal("one", (await executor.NextAsync(Event.Types.Type.Launch)).Launch.Task.TaskId.Value);
        Assert.Equal("two", (await executor.NextAsync(Event.Types.Type.Launch)).Launch.Task.TaskId.Value);
    }

    [Fact]
    public async Task Update_Accepted_IsAcknowledgedByTheAgentAndToldTheScheduler()
    {
        await using var executor = await RunAsync("t");

        var sent = await executor.UpdateAsync("t", TaskState.TaskRunning);

        var acknowledged = (await executor.NextAsync(Event.Types.Type.Acknowledged)).Acknowledged;
        Assert.Equal(("t", sent.Uuid), (acknowledged.TaskId.Value, acknowledged.Uuid));
        var status = await scheduler.StatusAsync("t", TaskState.TaskRunning);
        Assert.Equal(
            (sent.Uuid, TaskStatus.Types.Source.Executor, TestExecutor.Id, 1.0),
            (status.Uuid, status.Source, status.ExecutorId.Value, status.Timestamp));
        Assert.Equal(36, status.ContainerStatus.ContainerId.Value.Length);
    }

    [Fact]
    public async Task Update_SentAgain_IsAcknowledgedAgainAndNotQueued()
    {
        await using var executor = await RunAsync("t");
        var sent = await executor.UpdateAsync("t", TaskState.TaskRunning);

        await executor.UpdateAsync(sent);

        await executor.NextAsync(Event.Types.Type.Acknowledged);
        await executor.NextAsync(Event.Types.Type.Acknowledged);
        await scheduler.AcknowledgeAsync(await scheduler.StatusAsync("t", TaskState.TaskRunning));
        await executor.UpdateAsync(sent);
        await executor.UpdateAsync("t", TaskState.TaskFinished);
        Assert.Equal(TaskState.TaskFinished, (await scheduler.StatusAsync("t")).State);
    }

    public static TheoryData<string, Action<Call>> BadUpdates() => new()
    {
        { "no uuid", call => call.Update.Status.ClearUuid() },
        { "a short uuid", call => call.Update.Status.Uuid = ByteString.CopyFrom(new byte[15]) },
        { "another source", call => call.Update.Status.Source = TaskStatus.Types.Source.Agent },
        { "no source", call => call.Update.Status.ClearSource() },
        { "staging", call => call.Update.Status.State = TaskState.TaskStaging },
        { "another executor", call => call.Update.Status.ExecutorId = new() { Value = "other" } },
        { "no update", call => call.Update = null },
    };

    [Theory]
    [MemberData(nameof(BadUpdates), DisableDiscoveryEnumeration = true)]
    public async Task Update_Malformed_IsRefused(string what, Action<Call> spoil)
    {
        await using var executor = await RunAsync("t");
        var call = Update("t");
        spoil(call);

        Assert.True(await executor.TryCallAsync(call) == HttpStatusCode.BadRequest, what);
    }

    [Fact]
    public async Task Call_OfSomebodyUnknown_IsRefused()
    {
        await LaunchAsync("t");

        Assert.Equal(HttpStatusCode.Forbidden, await StatusOfAsync(Update("t"))); // it has not subscribed yet
        Assert.Equal(HttpStatusCode.BadRequest, await StatusOfAsync(Update("t"), executorId: "other"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusOfAsync(Update("t"), frameworkId: "other"));
        var beat = new Call { Type = Call.Types.Type.Heartbeat };
        Assert.Equal(HttpStatusCode.Accepted, await StatusOfAsync(beat, executorId: "x", frameworkId: "y"));
    }

    [Fact]
    public async Task Subscribe_Again_EndsTheFirstStreamWithoutAWord()
    {
        await using var first = await RunAsync("t");

        await using var second = await SubscribeAsync();

        await first.Ended;
        Assert.Equal(0, first.Count(Event.Types.Type.Error));
        await second.UpdateAsync("t", TaskState.TaskRunning);
        await second.NextAsync(Event.Types.Type.Acknowledged);
    }

    [Fact]
    public async Task NeverSubscribes_ItsTasksFail()
    {
        await LaunchAsync("t");

        var status = await scheduler.StatusAsync("t", TaskState.TaskFailed); // after 1 min, scaled

        Assert.Equal(
            (Reason.ExecutorRegistrationTimeout, TaskStatus.Types.Source.Agent, true),
            (status.Reason, status.Source, status.HasUuid));
    }

    [Fact]
    public async Task Kill_IsTheExecutorsToDo()
    {
        await using var executor = await RunAsync("t");
        await executor.UpdateAsync("t", TaskState.TaskRunning);
        await scheduler.FollowAsync("t", TaskState.TaskRunning);

        await scheduler.KillAsync("t");

        Assert.Equal("t", (await executor.NextAsync(Event.Types.Type.Kill)).Kill.TaskId.Value);
        Assert.Equal(0, scheduler.CountUpdates("t"));
        await executor.UpdateAsync("t", TaskState.TaskKilled);
        await scheduler.FollowAsync("t", TaskState.TaskKilled);
    }

    [Fact]
    public async Task Kill_BeforeTheExecutorSubscribed_IsTheAgentsToTell()
    {
        await LaunchAsync("t", "other");

        await scheduler.KillAsync("t");

        var status = await scheduler.StatusAsync("t");
        Assert.Equal((TaskState.TaskKilled, Reason.TaskKilledDuringLaunch), (status.State, status.Reason));
        Assert.Equal((TaskStatus.Types.Source.Agent, true), (status.Source, status.HasUuid));
        await using var executor = await SubscribeAsync();
        Assert.Equal("other", (await executor.NextAsync(Event.Types.Type.Launch)).Launch.Task.TaskId.Value);
        Assert.Equal(0, executor.Count(Event.Types.Type.Launch));
    }

    [Fact]
    public async Task Kill_UnknownTask_IsAnsweredAsReconciliation()
    {
        await scheduler.KillAsync("nope");
        await scheduler.KillAsync("nowhere", Agent.Id);

        var (nope, nowhere) = (await scheduler.StatusAsync("nope"), await scheduler.StatusAsync("nowhere"));
        Assert.Equal((TaskState.TaskUnknown, Reason.Reconciliation, false), (nope.State, nope.Reason, nope.HasUuid));
        Assert.Equal(TaskState.TaskGone, nowhere.State);
    }

    [Fact]
    public async Task Kill_WrongAgent_DoesNothing()
    {
        await using var executor = await RunAsync("t");

        await scheduler.KillAsync("t", "wrong");

        await scheduler.KillAsync("t", Agent.Id);
        await executor.NextAsync(Event.Types.Type.Kill);
        Assert.Equal(0, executor.Count(Event.Types.Type.Kill));
    }

    [Fact]
    public async Task Shutdown_ExecutorDoesNotListen_ItsTasksFail()
    {
        await using var executor = await RunAsync("t");

        await scheduler.CallAsync(new()
        {
            Type = SchedulerCall.Types.Type.Shutdown,
            Shutdown = new() { AgentId = new() { Value = Agent.Id }, ExecutorId = new() { Value = TestExecutor.Id } },
        });

        await executor.NextAsync(Event.Types.Type.Shutdown);
        await AssertTerminatedAsync(waitStatus: 9);
    }

    [Fact]
    public async Task Exits_ItsTasksFail()
    {
        await using var executor = await RunAsync("t");

        Agent.EndExecutor(scheduler.FrameworkId, TestExecutor.Id, waitStatus: 256);

        await AssertTerminatedAsync(waitStatus: 256);
        await executor.Ended;
    }

    [Fact]
    public async Task Messages_GoBothWaysAsTheyAre()
    {
        await using var executor = await RunAsync("t");
        var bytes = ByteString.CopyFrom([0, 255, 10, 13, 34]);

        await MessageAsync(TestExecutor.Id, bytes);
        await MessageAsync("nobody", bytes); // lost

        Assert.Equal(bytes, (await executor.NextAsync(Event.Types.Type.Message)).Message.Data);
        Assert.Equal(
            HttpStatusCode.Accepted,
            await executor.TryCallAsync(new() { Type = Call.Types.Type.Message, Message = new() { Data = bytes } }));
        var answer = (await scheduler.NextAsync(SchedulerEvent.Message)).Message;
        Assert.Equal(
            (Agent.Id, TestExecutor.Id, bytes), (answer.AgentId.Value, answer.ExecutorId.Value, answer.Data));
    }

    [Fact]
    public async Task SecondTask_GoesToTheSameExecutor()
    {
        await using var executor = await RunAsync("one");

        await LaunchAsync("two");

        Assert.Equal("two", (await executor.NextAsync(Event.Types.Type.Launch)).Launch.Task.TaskId.Value);
        Assert.Equal(TestExecutor.Id, (await scheduler.OfferAsync()).ExecutorIds.Single().Value);
    }

    private static Call Update(string taskId) => new()
    {
        Type = Call.Types.Type.Update,
        Update = new() { Status = TestExecutor.Status(taskId, TaskState.TaskRunning) },
    };

    private async Task<HttpStatusCode> StatusOfAsync(
        Call call, string executorId = TestExecutor.Id, string? frameworkId = null)
    {
        using var response = await TestExecutor.SendAsync(
            Agent, frameworkId ?? scheduler.FrameworkId, call, executorId);
        return response.StatusCode;
    }

    private Task MessageAsync(string executorId, ByteString bytes) => scheduler.CallAsync(new()
    {
        Type = SchedulerCall.Types.Type.Message,
        Message = new()
        {
            AgentId = new() { Value = Agent.Id },
            ExecutorId = new() { Value = executorId },
            Data = bytes,
        },
    });

    private async Task LaunchAsync(params string[] taskIds)
    {
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, [.. taskIds.Select(id => TestExecutor.NewTask(id, offer))]);
    }

    private Task<TestExecutor> SubscribeAsync() => TestExecutor.SubscribeAsync(Agent, scheduler.FrameworkId);

    private async Task<TestExecutor> RunAsync(string taskId)
    {
        await LaunchAsync(taskId);
        var executor = await SubscribeAsync();
        await executor.NextAsync(Event.Types.Type.Launch);
        return executor;
    }

    private async Task AssertTerminatedAsync(int waitStatus)
    {
        var status = await scheduler.StatusAsync("t");
        Assert.Equal((TaskState.TaskFailed, Reason.ExecutorTerminated), (status.State, status.Reason));
        Assert.Equal((TaskStatus.Types.Source.Agent, true), (status.Source, status.HasUuid));
        var failure = (await scheduler.NextAsync(SchedulerEvent.Failure)).Failure;
        Assert.Equal(
            (Agent.Id, TestExecutor.Id, waitStatus), (failure.AgentId.Value, failure.ExecutorId.Value, failure.Status));
    }
}
