using Chronos.Core.Runs;
using Chronos.MesosSimulator;
using Mesos.Tests.Offers;
using Xunit;

namespace Mesos.Tests.Engine;

/// <summary>Nodes that elect a leader share one framework; only the leader may speak for it.</summary>
public sealed class EngineLeadershipTests
{
    [Fact]
    public async Task Framework_NodeLeadsNoMore_IsLeftToTheNewLeader()
    {
        await using var cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 20 });
        var isLeading = true;
        await using var old = new EngineNode(cluster) { Leads = () => Volatile.Read(ref isLeading) };
        await old.ConnectAsync();
        await EngineNode.UntilAsync(() => old.Identity is not null && old.Engine.Describe().IsHealthy, "health");

        Volatile.Write(ref isLeading, false);
        await old.LaunchAsync(OfferSamples.Job("late"));
        await using var next = new EngineNode(cluster) { Identity = old.Identity, Leads = static () => true };
        await next.ConnectAsync();
        var id = Assert.Single(await next.LaunchAsync(OfferSamples.Job("mine")));

        await EngineNode.UntilAsync(() => next.Ends.ContainsKey(id), "an end");
        await EngineNode.UntilAsync(() => old.Engine.Describe().Problem.Contains("Another node leads"), "a problem");
        Assert.True(next.Engine.Describe().IsHealthy);
        Assert.Equal(1, cluster.Tasks.Launched);
    }

    [Fact]
    public async Task Framework_TakenByAFormerLeader_IsTakenBack()
    {
        await using var cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 20 });
        await using var leader = new EngineNode(cluster) { Leads = static () => true };
        await leader.ConnectAsync();
        await EngineNode.UntilAsync(() => leader.Identity is not null && leader.Engine.Describe().IsHealthy, "health");
        var isLeading = true;
        await using var former = new EngineNode(cluster)
        {
            Identity = leader.Identity, Leads = () => Volatile.Read(ref isLeading),
        };
        await former.ConnectAsync();
        await EngineNode.UntilAsync(
            () => leader.Engine.Describe().Problem.StartsWith("Another scheduler has taken over"), "a problem");

        Volatile.Write(ref isLeading, false);

        var id = Assert.Single(await leader.LaunchAsync(OfferSamples.Job("mine")));
        await EngineNode.UntilAsync(() => leader.Ends.ContainsKey(id), "an end");
        Assert.Equal(AttemptPhase.Finished, leader.Ends[id].Phase);
    }
}
