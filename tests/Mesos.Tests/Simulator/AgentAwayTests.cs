using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Xunit;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Mesos.Tests.Simulator;

/// <summary>A command ends while the process of its agent is away. Its executor tells the end to nobody, and ends
/// itself a second later; all that the agent then finds is an executor that has ended.</summary>
public sealed class AgentAwayTests
{
    [Fact]
    public async Task Restart_ExecutorOfTheCommandHasEnded_TaskFailsWithoutItsExit()
    {
        await using var cluster = await SimulatedCluster.StartAsync(new() { Agents = 1, TimeScale = 50 });
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var agent = cluster.Agents[0];
        await scheduler.RunAsync("t", "sleep 0.2");
        agent.Crash();
        await Wait.UntilAsync(() => agent.ExecutorsUnheard == 1); // after 1 s, scaled

        agent.Restart();

        var status = await scheduler.StatusAsync("t", TaskState.TaskFailed);
        Assert.Equal(
            (Reason.ExecutorTerminated, TaskStatus.Types.Source.Agent, "Executor terminated", true),
            (status.Reason, status.Source, status.Message, status.HasUuid));
        Assert.Equal((0, 0), (cluster.Tasks.Active, agent.ExecutorsUnheard));
    }

    [Fact]
    public async Task Restart_ExecutorOfTheCommandIsStillThere_TaskEndsAsItsCommandDid()
    {
        await using var cluster = await SimulatedCluster.StartAsync(new() { Agents = 1, TimeScale = 0.01 });
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var agent = cluster.Agents[0];
        await scheduler.RunAsync("t", "sleep 0.2");
        agent.Crash();
        await Wait.UntilAsync(() => agent.UpdatesHeld == 1); // for 1 s, scaled to 100

        agent.Restart();

        await scheduler.FollowAsync("t", TaskState.TaskFinished);
        Assert.Equal((0, 0), (cluster.Tasks.Active, agent.UpdatesHeld));
    }
}
