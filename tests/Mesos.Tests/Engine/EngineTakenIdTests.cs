using Chronos.Core.Runs;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Agents;
using Chronos.MesosSimulator.Faults;
using Chronos.Testing;
using Mesos.Tests.Offers;
using Xunit;

namespace Mesos.Tests.Engine;

/// <summary>An agent never hears of a launch and says so, and its master does not hear that this was taken. Until it
/// does, it refuses to launch anything else under the task's id, also when the agent goes out of reach.</summary>
public sealed class EngineTakenIdTests : IAsyncLifetime
{
    private SimulatedCluster cluster = null!; // set before each test
    private EngineNode node = null!; // set before each test
    private volatile int accepts;
    private volatile string refusal = "";

    private SimulatedAgent Deaf => cluster.Agents[0];

    private SimulatedAgent Other => cluster.Agents[1];

    public async ValueTask InitializeAsync()
    {
        cluster = await SimulatedCluster.StartAsync(new() { Agents = 2, TimeScale = 20 });
        node = new(cluster);
        cluster.Faults.OnCall = static call =>
            call.Type == Call.Types.Type.Acknowledge ? CallFault.LoseAfterAnswer : CallFault.None;
        cluster.Faults.OnEvent = message =>
        {
            if (message.Update?.Status is { State: TaskState.TaskError } status) refusal = status.Message;
            return default;
        };
        Other.Disconnect();
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Theory]
    [InlineData(false, "Task has duplicate ID")]
    [InlineData(true, "Task reuses the ID of an unreachable task")]
    public async Task Launch_IdStaysTaken_FailsAndSaysWhy(bool isOutOfReach, string text)
    {
        var id = await LaunchUntilRefusedAsync(isOutOfReach, TimeSpan.FromMilliseconds(100));

        await Wait.UntilAsync(() => node.Ends.ContainsKey(id), "an end");

        Assert.StartsWith(text, refusal);
        Assert.Equal(AttemptPhase.Failed, node.Ends[id].Phase);
        Assert.Equal(
            "Mesos refused the launch 5 times, because it still knows an earlier one of this attempt, which never ran "
                + "and whose agent may be out of reach.",
            node.Ends[id].Message);
        Assert.Equal(0, cluster.Tasks.Active);
        await Wait.UntilAsync(() => node.Engine.TrackedCount == 0, "an empty table");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Launch_IdIsTakenForAWhile_Runs(bool isOutOfReach)
    {
        var id = await LaunchUntilRefusedAsync(isOutOfReach, TimeSpan.FromSeconds(2));

        cluster.Faults.OnCall = static _ => CallFault.None;
        Deaf.ReconnectIfAway();

        await Wait.UntilAsync(() => node.Ends.ContainsKey(id), "an end");
        Assert.Equal(AttemptPhase.Finished, node.Ends[id].Phase);
    }

    private async Task<AttemptId> LaunchUntilRefusedAsync(bool isOutOfReach, TimeSpan launchTimeout)
    {
        cluster.Faults.OnAccept = agent =>
        {
            if (++accepts == 1) agent.Partition();
            return isOutOfReach && accepts == 2 ? AcceptFault.AgentIsRemoved : AcceptFault.None;
        };
        node.Configure = options => options with { LaunchTimeout = launchTimeout };
        await node.ConnectAsync();
        var id = Assert.Single(await node.LaunchAsync(OfferSamples.Job("unheard")));
        await Wait.UntilAsync(() => accepts == 1, "a launch");
        Deaf.Reconnect();
        if (isOutOfReach)
        {
            await Wait.UntilAsync(() => accepts == 2, "another launch");
            Other.Reconnect();
        }

        await Wait.UntilAsync(() => refusal.Length > 0, "a refusal");
        return id;
    }
}
