using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Agents;
using Xunit;
using Capability = Chronos.Mesos.Protocol.FrameworkInfo.Types.Capability.Types.Type;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Mesos.Tests.Simulator;

/// <summary>Agent loss and return: agents that go, for a while or for ever.</summary>
public sealed class AgentLossTests : IAsyncLifetime
{
    private SimulatedCluster cluster = null!; // set before each test

    private SimulatedAgent Agent => cluster.Agents[0];

    public async ValueTask InitializeAsync() =>
        cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 100, Agents = 1 });

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Theory]
    [InlineData(true, TaskState.TaskUnreachable)]
    [InlineData(false, TaskState.TaskLost)]
    public async Task CutOff_AfterItsPings_IsUnreachable(bool isPartitionAware, TaskState state)
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, Framework(isPartitionAware));
        await scheduler.RunAsync("t");
        var outstanding = await scheduler.OfferAsync();

        Agent.Partition();

        var status = await scheduler.StatusAsync("t", state);
        Assert.Equal(
            (Reason.AgentRemoved, TaskStatus.Types.Source.Master, false),
            (status.Reason, status.Source, status.HasUuid));
        Assert.True(status.UnreachableTime.Nanoseconds > 0);
        Assert.Equal(outstanding.Id, (await scheduler.NextAsync(Event.Types.Type.Rescind)).Rescind.OfferId);
        var failure = (await scheduler.NextAsync(Event.Types.Type.Failure)).Failure;
        Assert.Equal((Agent.Id, null), (failure.AgentId.Value, failure.ExecutorId));
    }

    [Fact]
    public async Task Returns_AfterItWasUnreachable_TellsItsTasks()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.RunAsync("t");
        var id = Agent.Id;
        cluster.MarkUnreachable(Agent);
        await scheduler.StatusAsync("t", TaskState.TaskUnreachable);

        Agent.Reconnect();

        var status = await scheduler.StatusAsync("t", TaskState.TaskRunning);
        Assert.Equal((Reason.AgentReregistered, false), (status.Reason, status.HasUuid));
        Assert.Equal((id, 1), (Agent.Id, cluster.Tasks.Active));
        await scheduler.KillAsync("t");
        await scheduler.StatusAsync("t", TaskState.TaskKilling);
    }

    [Fact]
    public async Task Returns_UpdateWasNotAcknowledged_ComesAgain()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        var first = await scheduler.StatusAsync("t", TaskState.TaskStarting);
        cluster.MarkUnreachable(Agent);
        await scheduler.StatusAsync("t", TaskState.TaskUnreachable);

        Agent.Reconnect();

        var again = await scheduler.NextAsync(message =>
            message.Type == Event.Types.Type.Update && message.Update.Status.Uuid == first.Uuid);
        await scheduler.AcknowledgeAsync(again.Update.Status);
        await scheduler.FollowAsync("t", TaskState.TaskRunning, TaskState.TaskFinished);
    }

    [Fact]
    public async Task Returns_ItsFrameworkWasRemoved_ItsTasksEnd()
    {
        var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.RunAsync("t");
        Agent.Partition();
        await scheduler.CallAsync(new() { Type = Call.Types.Type.Teardown });
        await scheduler.DisposeAsync();
        Assert.Equal(1, cluster.Tasks.Active);

        Agent.Reconnect();

        Assert.Equal(0, cluster.Tasks.Active);
    }

    [Theory]
    [InlineData(true, TaskState.TaskGoneByOperator, Reason.AgentRemovedByOperator)]
    [InlineData(false, TaskState.TaskLost, Reason.AgentRemoved)]
    public async Task MarkedGone_ByAnOperator_MayNotComeBack(bool isPartitionAware, TaskState state, Reason reason)
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, Framework(isPartitionAware));
        await scheduler.RunAsync("t");

        var answer = await RawHttp.PostAsync(
            RawHttp.At(cluster, "/api/v1"),
            $$$$"""{"type":"MARK_AGENT_GONE","mark_agent_gone":{"agent_id":{"value":"{{{{Agent.Id}}}}"}}}""");

        Assert.Equal(System.Net.HttpStatusCode.OK, answer.Status);
        var status = await scheduler.StatusAsync("t", state);
        Assert.Equal((reason, false), (status.Reason, status.HasUuid));
        scheduler.DropOffers();
        Agent.Reconnect();
        Assert.False(await scheduler.IsOfferedAsync(TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public async Task Disconnects_FrameworkWithoutCheckpoints_LosesItsTasksAtOnce()
    {
        var framework = TestScheduler.Framework();
        framework.Checkpoint = false;
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, framework);
        await scheduler.RunAsync("t");

        Agent.Disconnect();

        var status = await scheduler.StatusAsync("t", TaskState.TaskLost);
        Assert.Equal((Reason.AgentDisconnected, false), (status.Reason, status.HasUuid));
    }

    [Fact]
    public async Task Disconnects_FrameworkWithCheckpoints_HearsNothingOfItsTasks()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.RunAsync("t");

        Agent.Disconnect();
        Agent.Reconnect();

        await scheduler.ReconcileAsync(("t", null));
        Assert.Equal(Reason.Reconciliation, (await scheduler.StatusAsync("t", TaskState.TaskRunning)).Reason);
        Assert.Equal(0, scheduler.CountUpdates("t"));
    }

    [Fact]
    public async Task MachineIsLost_ComesBackAsAnotherAgent()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var offer = await scheduler.RunAsync("t");

        Agent.LoseMachine();
        await scheduler.StatusAsync("t", TaskState.TaskUnreachable);
        Agent.Restart();

        Assert.NotEqual(offer.AgentId.Value, Agent.Id);
        await scheduler.OfferAsync(Agent.Id);
        await scheduler.ReconcileAsync(("t", offer.AgentId.Value));
        await scheduler.StatusAsync("t", TaskState.TaskUnreachable);
        Assert.Equal(0, cluster.Tasks.Active);
    }

    [Fact]
    public async Task Kill_AgentIsAway_IsDoneWhenItReturns()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.RunAsync("t");
        Agent.Disconnect();

        await scheduler.KillAsync("t");
        Agent.Reconnect();

        await scheduler.FollowAsync("t", TaskState.TaskKilling, TaskState.TaskKilled);
    }

    [Fact]
    public async Task LaunchThatTheAgentNeverHeardOf_IsDroppedWhenItReturns()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var offer = await scheduler.OfferAsync();
        Agent.Partition();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));

        Agent.Reconnect();

        var status = await scheduler.StatusAsync("t", TaskState.TaskDropped);
        Assert.Equal((Reason.Reconciliation, true), (status.Reason, status.HasUuid));
        Assert.Equal("Reconciliation: task unknown to the agent", status.Message);
    }

    [Fact]
    public async Task Returns_WithoutATaskThatWasUnreachable_ItsIdIsFree()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var offer = await scheduler.OfferAsync();
        Agent.Partition();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        cluster.MarkUnreachable(Agent);
        await scheduler.StatusAsync("t", TaskState.TaskUnreachable);

        Agent.Reconnect();

        offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        await scheduler.FollowAsync("t", TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFinished);
    }

    private static FrameworkInfo Framework(bool isPartitionAware) => isPartitionAware
        ? TestScheduler.Framework()
        : TestScheduler.Framework(without: Capability.PartitionAware);
}
