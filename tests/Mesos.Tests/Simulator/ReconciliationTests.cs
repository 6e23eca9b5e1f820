using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Xunit;
using Capability = Chronos.Mesos.Protocol.FrameworkInfo.Types.Capability.Types.Type;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Mesos.Tests.Simulator;

/// <summary>Reconciliation: what a master answers when it is asked for tasks.</summary>
public sealed class ReconciliationTests
{
    private static readonly ClusterOptions Fast = new() { TimeScale = 100 };

    [Fact]
    public async Task Implicit_AnswersForEachTaskThatIsKept()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.RunAsync("running");
        await scheduler.RunAsync("over");
        await scheduler.KillAsync("over");
        await scheduler.FollowAsync("over", TaskState.TaskKilling, TaskState.TaskKilled);

        await scheduler.ReconcileAsync();

        var status = await scheduler.StatusAsync("running");
        Assert.Equal(TaskState.TaskRunning, status.State);
        Assert.Equal(
            (Reason.Reconciliation, TaskStatus.Types.Source.Master, false, false),
            (status.Reason, status.Source, status.HasUuid, status.HasData));
        Assert.Equal(0, scheduler.CountUpdates("over"));
    }

    /// <summary>Rows 3 to 6 of what a master knows of a task's agent.</summary>
    [Theory]
    [InlineData("registered", true, TaskState.TaskGone, "Reconciliation: Task is unknown to the agent")]
    [InlineData("registered", false, TaskState.TaskLost, "Reconciliation: Task is unknown to the agent")]
    [InlineData("unreachable", true, TaskState.TaskUnreachable, "Reconciliation: Task is unreachable")]
    [InlineData("unreachable", false, TaskState.TaskLost, "Reconciliation: Task is unreachable")]
    [InlineData("gone", true, TaskState.TaskGoneByOperator, "Reconciliation: Task is gone")]
    [InlineData("gone", false, TaskState.TaskLost, "Reconciliation: Task is gone")]
    [InlineData("unheard of", true, TaskState.TaskUnknown, "Reconciliation: Task is unknown")]
    [InlineData("unheard of", false, TaskState.TaskLost, "Reconciliation: Task is unknown")]
    [InlineData("not named", true, TaskState.TaskUnknown, "Reconciliation: Task is unknown")]
    [InlineData("not named", false, TaskState.TaskLost, "Reconciliation: Task is unknown")]
    public async Task Explicit_UnknownTask_DependsOnItsAgent(
        string agent, bool isPartitionAware, TaskState state, string message)
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);
        await using var scheduler = await TestScheduler.SubscribeAsync(
            cluster, isPartitionAware
                ? TestScheduler.Framework()
                : TestScheduler.Framework(without: Capability.PartitionAware));
        var known = cluster.Agents[0];
        var id = agent switch { "unheard of" => "S9", "not named" => null, _ => known.Id };
        if (agent == "unreachable") cluster.MarkUnreachable(known);
        if (agent == "gone") cluster.MarkGone(known.Id);

        await scheduler.ReconcileAsync(("t", id));

        var status = await scheduler.StatusAsync("t");
        Assert.Equal((state, message), (status.State, status.Message));
        Assert.Equal(
            (Reason.Reconciliation, TaskStatus.Types.Source.Master, false),
            (status.Reason, status.Source, status.HasUuid));
        Assert.Equal(id, status.AgentId?.Value);
        Assert.Equal(agent == "unreachable", status.UnreachableTime is not null);
    }

    /// <summary>Row 2: a new master expects agents back, and does not answer for tasks that they may have.</summary>
    [Fact]
    public async Task Explicit_AgentIsExpectedBack_IsNotAnswered()
    {
        await using var cluster = await SimulatedCluster.StartAsync(
            Fast with { Masters = 2, AgentReturnMax = TimeSpan.FromMinutes(8) }); // 4.8 s in real time
        await Wait.UntilAsync(() => cluster.Agents.All(agent => agent.Id.Length > 0));
        await using var old = await TestScheduler.SubscribeAsync(cluster);
        var offer = await old.RunAsync("t");
        await cluster.FailOverAsync(to: 1);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, id: old.FrameworkId);

        await scheduler.ReconcileAsync(("t", offer.AgentId.Value), ("other", null), ("unheard", "S9"));

        Assert.Equal(TaskState.TaskUnknown, (await scheduler.StatusAsync("unheard")).State); // the last is answered
        Assert.Equal(0, scheduler.CountUpdates("t") + scheduler.CountUpdates("other"));
        await scheduler.OfferAsync(offer.AgentId.Value); // it is back
        await scheduler.ReconcileAsync(("t", offer.AgentId.Value));
        Assert.Equal(TaskState.TaskRunning, (await scheduler.StatusAsync("t")).State);
    }

    [Fact]
    public async Task Explicit_AgentDoesNotComeBack_IsUnreachableInTheEnd()
    {
        await using var cluster = await SimulatedCluster.StartAsync(
            new() { TimeScale = 1000, Masters = 2, Agents = 1 });
        await using var old = await TestScheduler.SubscribeAsync(cluster);
        await old.RunAsync("t");
        var agent = cluster.Agents[0];
        agent.Crash();
        await cluster.FailOverAsync(to: 1);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, id: old.FrameworkId);

        do await scheduler.ReconcileAsync(("t", agent.Id)); // after 10 min, scaled
        while (scheduler.CountUpdates("t") == 0);

        Assert.Equal(TaskState.TaskUnreachable, (await scheduler.StatusAsync("t")).State);
    }
}
