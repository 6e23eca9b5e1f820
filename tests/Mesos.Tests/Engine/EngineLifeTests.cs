using Chronos.Core.Runs;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Mesos.Tests.Offers;
using NodaTime;
using Xunit;

namespace Mesos.Tests.Engine;

public sealed class EngineLifeTests
{
    private const string ExecutorLost = "Executor terminated (ExecutorTerminated); how the command ended is not known.";

    [Fact]
    public async Task Connect_MasterAway_SaysSoAndStartsWhenItComes()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        await cluster.Masters[0].StopAsync();
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();
        var id = Assert.Single(await node.LaunchAsync(OfferSamples.Job("early")));
        await Wait.UntilAsync(() => node.Engine.Describe().Problem.StartsWith("Not connected"), "a problem");
        Assert.False(node.Engine.Describe().IsHealthy);

        await cluster.Masters[0].StartAsync();
        await cluster.FailOverAsync(to: 0);

        await Wait.UntilAsync(() => node.Ends.ContainsKey(id), "an end");
        Assert.True(node.Engine.Describe().IsHealthy);
    }

    [Fact]
    public async Task Launch_TooLarge_SaysWhyItWaits()
    {
        await using var cluster = await SimulatedCluster.StartAsync();
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();

        var id = Assert.Single(await node.LaunchAsync(OfferSamples.Job("large", cpus: 8)));

        await Wait.UntilAsync(
            () => node.Latest(id)?.Message == "Needs 8 cpus; the largest offer in 5 min had 2.", "a reason");
    }

    [Fact]
    public async Task Inspect_RunningAndWaiting_TellsMachinesOffersAndReasons()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Endless() with { Agents = 2 });
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();
        var running = Assert.Single(await node.LaunchAsync(OfferSamples.Job("running", cpus: 1)));
        var large = OfferSamples.Job("large", cpus: 8);
        await node.LaunchAsync(large);
        var waiting = Assert.Single(await node.LaunchAsync(large));
        await Wait.UntilAsync(
            () => node.Latest(running)?.Phase == AttemptPhase.Running && node.Latest(waiting)?.Message.Length > 0,
            "a start and a reason");

        var seen = await node.Engine.InspectAsync(CancellationToken.None);

        var group = Assert.Single(seen.Waiting);
        Assert.Equal(("large", 2, 8.0), (group.JobName, group.Count, group.Needs.Cpus));
        Assert.Equal("Needs 8 cpus; the largest offer in 5 min had 2.", group.Reason);
        Assert.True(group.Longest > TimeSpan.Zero);
        Assert.NotNull(seen.OpenOffers);
        Assert.Equal(cluster.Agents.Select(a => a.Id).Order(), seen.Machines.Select(m => m.Id).Order());
        var busy = Assert.Single(seen.Machines, machine => machine.RunningCount == 1);
        Assert.Equal(1, busy.Used.Cpus);
        Assert.Contains(seen.Machines, machine => machine.Offered is { Cpus: 2 });
    }

    [Fact]
    public async Task Describe_TenthsOfProcessors_AddUp()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Endless());
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();

        await node.LaunchAsync(OfferSamples.Job("tenth", cpus: 0.1));
        await node.LaunchAsync(OfferSamples.Job("tenths", cpus: 0.2));

        await Wait.UntilAsync(() => node.Engine.Describe().RunningCount == 2, "two starts");
        Assert.Equal(0.3, node.Engine.Describe().Used.Cpus);
    }

    [Fact]
    public async Task Kill_RunningAndWaiting_Ends()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Endless());
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();
        var running = Assert.Single(await node.LaunchAsync(OfferSamples.Job("running")));
        var waiting = Assert.Single(await node.LaunchAsync(OfferSamples.Job("waiting", cpus: 99)));
        await Wait.UntilAsync(() => node.Latest(running)?.Phase == AttemptPhase.Running, "a start");

        await node.Engine.KillAsync(running, "running", Duration.FromSeconds(1), CancellationToken.None);
        await node.Engine.KillAsync(waiting, "waiting", null, CancellationToken.None);

        await Wait.UntilAsync(() => node.Ends.Count == 2, "two ends");
        Assert.All(node.Ends.Values, end => Assert.Equal(AttemptPhase.Killed, end.Phase));
    }

    [Fact]
    public async Task Agent_UnreachableForLong_IsDoubtfulAndItsTaskKilledWhenItReturns()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Endless() with { Agents = 1 });
        await using var node = new EngineNode(cluster)
        {
            Configure = static o => o with { UnreachableTimeout = TimeSpan.FromMilliseconds(500) },
        };
        await node.ConnectAsync();
        var id = Assert.Single(await node.LaunchAsync(OfferSamples.Job("lost")));
        await Wait.UntilAsync(() => node.Latest(id)?.Phase == AttemptPhase.Running, "a start");

        cluster.Agents[0].Partition();
        cluster.MarkUnreachable(cluster.Agents[0]);
        await Wait.UntilAsync(() => node.Ends.ContainsKey(id), "an end");
        Assert.Equal(AttemptPhase.Doubtful, node.Ends[id].Phase);
        cluster.Agents[0].Reconnect();

        await Wait.UntilAsync(() => cluster.Tasks.Active == 0, "the end of the zombie");
    }

    [Fact]
    public async Task Agent_MarkedGone_ItsTaskIsGone()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Endless() with { Agents = 1 });
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();
        var id = Assert.Single(await node.LaunchAsync(OfferSamples.Job("gone")));
        await Wait.UntilAsync(() => node.Latest(id)?.Phase == AttemptPhase.Running, "a start");

        cluster.MarkGone(cluster.Agents[0].Id);

        await Wait.UntilAsync(() => node.Ends.ContainsKey(id), "an end");
        Assert.Equal(AttemptPhase.Gone, node.Ends[id].Phase);
    }

    /// <summary>The command has done its work, and all that its agent can say is that the executor ended.</summary>
    [Fact]
    public async Task Agent_MissesTheEndOfACommand_AttemptIsDoubtful()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneQuickAgent());
        await using var node = new EngineNode(cluster);
        var id = await StartShortAsync(node);
        cluster.Agents[0].Crash();
        await MissTheEndAsync(cluster);

        cluster.Agents[0].Restart();

        var end = await EndAsync(node, id);
        Assert.Equal((AttemptPhase.Doubtful, ExecutorLost), (end.Phase, end.Message));
    }

    /// <summary>The master says first that the task has failed, and the agent then that nobody knows how.</summary>
    [Fact]
    public async Task Agent_MissesTheEndWhileOutOfReach_AttemptIsDoubtful()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneQuickAgent());
        await using var node = new EngineNode(cluster);
        var id = await StartShortAsync(node);
        cluster.Agents[0].Crash();
        cluster.MarkUnreachable(cluster.Agents[0]);
        await MissTheEndAsync(cluster);

        cluster.Agents[0].Restart();

        var end = await EndAsync(node, id);
        Assert.Equal((AttemptPhase.Doubtful, ExecutorLost), (end.Phase, end.Message));
    }

    /// <summary>A new master may be asked for the task before its agent says why it ended.</summary>
    [Fact]
    public async Task Agent_MissesTheEndWhileTheSchedulerIsAway_AttemptIsDoubtful()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneQuickAgent());
        await using var node = new EngineNode(cluster);
        var id = await StartShortAsync(node);
        cluster.Agents[0].Crash();
        await MissTheEndAsync(cluster);
        await node.Engine.DisposeAsync();
        cluster.Agents[0].Restart();

        await node.ConnectAsync();

        Assert.Equal(AttemptPhase.Doubtful, (await EndAsync(node, id)).Phase);
    }

    [Fact]
    public async Task Framework_TakenByAnother_StaysQuietAndSaysSo()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Endless());
        await using var first = new EngineNode(cluster);
        await first.ConnectAsync();
        await Wait.UntilAsync(() => first.Identity is not null && first.Engine.Describe().IsHealthy, "health");
        await using var second = new EngineNode(cluster) { Identity = first.Identity };
        await second.ConnectAsync();

        await Wait.UntilAsync(
            () => first.Engine.Describe().Problem.StartsWith("Another scheduler has taken over"), "a problem");

        await Wait.UntilAsync(() => second.Engine.Describe().IsHealthy, "health of the second");
        await Task.Delay(300);
        Assert.True(second.Engine.Describe().IsHealthy);
    }

    [Fact]
    public async Task Reconcile_ListWithoutARunningTask_KillsIt()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Endless());
        string? identity;
        await using (var old = new EngineNode(cluster))
        {
            await old.ConnectAsync();
            var id = Assert.Single(await old.LaunchAsync(OfferSamples.Job("zombie")));
            await Wait.UntilAsync(() => old.Latest(id)?.Phase == AttemptPhase.Running, "a start");
            identity = old.Identity;
        }

        Assert.Equal(1, cluster.Tasks.Active);
        await using var node = new EngineNode(cluster) { Identity = identity };
        await node.ConnectAsync();

        await Wait.UntilAsync(() => cluster.Tasks.Active == 0, "the end of the zombie");
    }

    private static ClusterOptions Endless() => new()
    {
        Script = static _ => new() { Duration = null },
        TimeScale = 20,
    };

    private static ClusterOptions OneQuickAgent() => new() { Agents = 1, TimeScale = 20 };

    private static async Task<AttemptId> StartShortAsync(EngineNode node)
    {
        await node.ConnectAsync();
        var id = Assert.Single(await node.LaunchAsync(OfferSamples.Job("missed") with { Command = "sleep 0.3" }));
        await Wait.UntilAsync(() => node.Latest(id)?.Phase == AttemptPhase.Running, "a start");
        return id;
    }

    private static Task MissTheEndAsync(SimulatedCluster cluster) =>
        Wait.UntilAsync(() => cluster.Agents[0].ExecutorsUnheard == 1, "the end of the executor");

    private static async Task<AttemptStatus> EndAsync(EngineNode node, AttemptId id)
    {
        await Wait.UntilAsync(() => node.Ends.ContainsKey(id), "an end");
        var end = node.Ends[id];
        await Wait.UntilAsync(() => node.Engine.TrackedCount == 0, "an empty table");
        return end;
    }
}
