using Chronos.Core.Runs;
using Chronos.MesosSimulator;
using Chronos.Runtime.Leadership;
using Chronos.Testing;
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
        var term = Trusted(1);
        await using var old = new EngineNode(cluster) { Term = term };
        await old.ConnectAsync();
        await Wait.UntilAsync(() => old.Identity is not null && old.Engine.Describe().IsHealthy, "health");

        term.TrustUntil(TimeSpan.MinValue);
        await old.LaunchAsync(OfferSamples.Job("late"));
        await using var next = new EngineNode(cluster) { Identity = old.Identity, Term = Trusted(2) };
        await next.ConnectAsync();
        var id = Assert.Single(await next.LaunchAsync(OfferSamples.Job("mine")));

        await Wait.UntilAsync(() => next.Ends.ContainsKey(id), "an end");
        await Wait.UntilAsync(() => old.Engine.Describe().Problem.Contains("Another node leads"), "a problem");
        Assert.True(next.Engine.Describe().IsHealthy);
        Assert.Equal(1, cluster.Tasks.Launched);
    }

    [Fact]
    public async Task Framework_TakenByAFormerLeader_IsTakenBack()
    {
        await using var cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 20 });
        await using var leader = new EngineNode(cluster) { Term = Trusted(2) };
        await leader.ConnectAsync();
        await Wait.UntilAsync(() => leader.Identity is not null && leader.Engine.Describe().IsHealthy, "health");
        var term = Trusted(1);
        await using var former = new EngineNode(cluster)
        {
            Identity = leader.Identity, Term = term,
        };
        await former.ConnectAsync();
        await Wait.UntilAsync(
            () => leader.Engine.Describe().Problem.StartsWith("Another scheduler has taken over"), "a problem");

        term.TrustUntil(TimeSpan.MinValue);

        var id = Assert.Single(await leader.LaunchAsync(OfferSamples.Job("mine")));
        await Wait.UntilAsync(() => leader.Ends.ContainsKey(id), "an end");
        Assert.Equal(AttemptPhase.Finished, leader.Ends[id].Phase);
    }

    private static LeadershipTerm Trusted(long number)
    {
        var term = new LeadershipTerm(number, static () => TimeSpan.Zero);
        term.TrustUntil(TimeSpan.MaxValue);
        return term;
    }
}
