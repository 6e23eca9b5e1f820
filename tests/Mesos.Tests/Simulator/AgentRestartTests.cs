using System.Net;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Executor;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Agents;
using Xunit;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Mesos.Tests.Simulator;

/// <summary>Agent executor endpoint: an agent's process ends and comes back, and executors outlive it if their
/// framework asked for that. And who may speak for an executor.</summary>
public sealed class AgentRestartTests : IAsyncLifetime
{
    private SimulatedCluster cluster = null!; // set before each test

    private SimulatedAgent Agent => cluster.Agents[0];

    public async ValueTask InitializeAsync() => cluster = await SimulatedCluster.StartAsync(new()
    {
        TimeScale = 5,
        Agents = 1,
        CustomExecutors = CustomExecutors.External,
        AreExecutorsAuthenticated = true,
    });

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Restart_ExecutorComesBack_ItsTasksGoOn()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var executor = await RunAsync(scheduler, "t");
        await executor.UpdateAsync("t", TaskState.TaskRunning);
        await scheduler.FollowAsync("t", TaskState.TaskRunning);

        Agent.Crash();
        await executor.Ended;
        await Assert.ThrowsAsync<HttpRequestException>(() => executor.TryCallAsync(Beat()));
        Agent.Restart();

        await using var again = await TestExecutor.SubscribeAsync(
            Agent, scheduler.FrameworkId, token: Token(scheduler.FrameworkId));
        await again.NextAsync(Event.Types.Type.Subscribed);
        await again.UpdateAsync("t", TaskState.TaskFinished);
        await scheduler.FollowAsync("t", TaskState.TaskFinished);
    }

    [Fact]
    public async Task Restart_TaskWasHandedOverAndIsNotListed_IsDropped()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var executor = await RunAsync(scheduler, "listed", "forgotten");
        var listed = (await executor.NextAsync(Event.Types.Type.Launch)).Launch.Task;
        Agent.Crash();
        await executor.Ended;
        Agent.Restart();

        await using var again = await TestExecutor.SubscribeAsync(
            Agent, scheduler.FrameworkId, new() { UnacknowledgedTasks = { listed } }, Token(scheduler.FrameworkId));

        var other = listed.TaskId.Value == "listed" ? "forgotten" : "listed";
        var status = await scheduler.StatusAsync(other, TaskState.TaskDropped);
        Assert.Equal((Reason.AgentRestarted, true), (status.Reason, status.HasUuid));
        Assert.Equal(0, scheduler.CountUpdates(listed.TaskId.Value));
    }

    [Fact]
    public async Task Restart_UpdateWasNotAcknowledged_IsTakenWithTheSubscription()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var executor = await RunAsync(scheduler, "t");
        Agent.Crash();
        await executor.Ended;
        Agent.Restart();
        var update = new Call.Types.Update { Status = TestExecutor.Status("t", TaskState.TaskFinished) };

        await using var again = await TestExecutor.SubscribeAsync(
            Agent, scheduler.FrameworkId, new() { UnacknowledgedUpdates = { update } }, Token(scheduler.FrameworkId));

        await again.NextAsync(Event.Types.Type.Acknowledged);
        Assert.Equal(update.Status.Uuid, (await scheduler.StatusAsync("t", TaskState.TaskFinished)).Uuid);
    }

    [Fact]
    public async Task Restart_ExecutorStaysAway_ItsTasksAreGone()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var executor = await RunAsync(scheduler, "t");
        await executor.UpdateAsync("t", TaskState.TaskRunning);
        await scheduler.FollowAsync("t", TaskState.TaskRunning);

        Agent.Crash();
        Agent.Restart();

        var status = await scheduler.StatusAsync("t", TaskState.TaskGone); // after 2 s, scaled
        Assert.Equal((Reason.ExecutorReregistrationTimeout, true), (status.Reason, status.HasUuid));
    }

    [Fact]
    public async Task Restart_WithoutCheckpoints_ExecutorsAreDead()
    {
        var framework = TestScheduler.Framework();
        framework.Checkpoint = false;
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, framework);
        var executor = await RunAsync(scheduler, "t");

        Agent.Crash();
        await executor.Ended;

        await scheduler.StatusAsync("t", TaskState.TaskLost);
        Assert.Equal(0, cluster.Tasks.Active);
        Agent.Restart();
        Assert.Equal(HttpStatusCode.BadRequest, await StatusOfAsync(scheduler.FrameworkId, Subscribe(), Token("x")));
    }

    [Fact]
    public async Task Token_MissingOrMadeUp_IsUnauthorized()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await using var executor = await RunAsync(scheduler, "t");
        var own = Token(scheduler.FrameworkId);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfAsync(scheduler.FrameworkId, Beat(), null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfAsync(scheduler.FrameworkId, Beat(), "made-up"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfAsync(scheduler.FrameworkId, Beat(), own + "x"));
    }

    [Fact]
    public async Task Token_OfAnotherExecutorOrAnOlderRun_IsForbidden()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await using var executor = await RunAsync(scheduler, "t");
        var update = new Call
        {
            Type = Call.Types.Type.Update,
            Update = new() { Status = TestExecutor.Status("t", TaskState.TaskRunning) },
        };
        var own = Token(scheduler.FrameworkId);

        Assert.Equal(HttpStatusCode.Forbidden, await StatusOfAsync(scheduler.FrameworkId, update, Token("other")));
        Assert.Equal(HttpStatusCode.Accepted, await StatusOfAsync(scheduler.FrameworkId, update, own));
        Agent.EndExecutor(scheduler.FrameworkId, TestExecutor.Id, waitStatus: 0);
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, TestExecutor.NewTask("next", offer));

        Assert.Equal(HttpStatusCode.Forbidden, await StatusOfAsync(scheduler.FrameworkId, Subscribe(), own));
    }

    private static Call Beat() => new() { Type = Call.Types.Type.Heartbeat };

    private static Call Subscribe() => new() { Type = Call.Types.Type.Subscribe, Subscribe = new() };

    // What the process of an executor finds in its environment; one that does not exist: of somebody else.
    private string Token(string frameworkId) => Agent.TokenOf(frameworkId, TestExecutor.Id);

    private async Task<HttpStatusCode> StatusOfAsync(string frameworkId, Call call, string? token)
    {
        using var response = await TestExecutor.SendAsync(Agent, frameworkId, call, token: token);
        return response.StatusCode;
    }

    private async Task<TestExecutor> RunAsync(TestScheduler scheduler, params string[] taskIds)
    {
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, [.. taskIds.Select(id => TestExecutor.NewTask(id, offer))]);
        var executor = await TestExecutor.SubscribeAsync(
            Agent, scheduler.FrameworkId, token: Token(scheduler.FrameworkId));
        await executor.NextAsync(Event.Types.Type.Subscribed);
        return executor;
    }
}
