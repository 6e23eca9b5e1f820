using System.Collections.Concurrent;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Faults;
using Chronos.Testing;
using Mesos.Tests.Offers;
using Xunit;

namespace Mesos.Tests.Engine;

/// <summary>What the engine says to a master about offers, and what it gets by it.</summary>
public sealed class EngineOfferTests
{
    private readonly ConcurrentDictionary<string, TaskInfo> started = new();
    private readonly ConcurrentDictionary<Call.Types.Type, int> calls = new();

    [Fact]
    public async Task Offers_WithoutWork_AreNotWantedUntilWorkComes()
    {
        await using var cluster = await StartAsync(new());
        await using var node = new EngineNode(cluster)
        {
            Configure = static o => o with { SuppressAfter = TimeSpan.FromMilliseconds(100) },
        };
        await node.ConnectAsync();
        await EndAsync(node, OfferSamples.Job("first"));
        await Wait.UntilAsync(() => calls.ContainsKey(Call.Types.Type.Suppress), "SUPPRESS");
        var revived = calls.GetValueOrDefault(Call.Types.Type.Revive);

        await EndAsync(node, OfferSamples.Job("second"));

        Assert.True(calls[Call.Types.Type.Revive] > revived);
    }

    [Fact]
    public async Task InverseOffer_OfAnAgentWithTasks_IsDeclinedElseAccepted()
    {
        // Masters ask those who have tasks or offers of an agent: one has a task, the other is held for a large one.
        await using var cluster = await StartAsync(new()
        {
            Agent = static i => new() { Hostname = $"host-{i}" }, Script = static _ => new() { Duration = null },
        });
        await using var node = new EngineNode(cluster)
        {
            Configure = static o => o with { Ageing = TimeSpan.Zero, DeclineTime = TimeSpan.FromMinutes(1) },
        };
        await node.ConnectAsync();
        await node.LaunchAsync(On("host-1", OfferSamples.Job("large", cpus: 8)));
        var id = Assert.Single(await node.LaunchAsync(On("host-0", OfferSamples.Job("stays"))));
        await Wait.UntilAsync(() => node.Latest(id)?.Phase == AttemptPhase.Running, "a start");
        var answers = new ConcurrentDictionary<string, bool>();

        foreach (var agent in cluster.Agents)
            cluster.Maintain(
                agent, DateTimeOffset.UtcNow.AddHours(1), null, (asked, isAccepted) => answers[asked] = isAccepted);

        await Wait.UntilAsync(() => answers.Count == cluster.Agents.Count, "answers");
        Assert.False(answers[cluster.Agents[0].Id]);
        Assert.True(answers[cluster.Agents[1].Id]);
    }

    [Fact]
    public async Task Gpus_AskedFor_AreTaken()
    {
        await using var cluster = await StartAsync(new() { Agents = 1, Agent = static _ => new() { Gpus = 2 } });
        await using var node = new EngineNode(cluster)
        {
            Configure = static o => o with { Framework = o.Framework with { UseGpus = true } },
        };
        await node.ConnectAsync();
        var job = OfferSamples.Job("learns");

        var id = await EndAsync(node, job with { Resources = job.Resources with { Gpus = 2 } });

        Assert.Equal(2, Assert.Single(ResourcesOf(id, "gpus")).Scalar.Value);
    }

    [Fact]
    public async Task Region_OtherThanTheMasters_IsUsedWhenAllowedAndCanBeChosen()
    {
        await using var cluster = await StartAsync(new()
        {
            Region = "home",
            Agent = static i => new() { Domain = i == 0 ? ("home", "z1") : ("away", "z2") },
        });
        await using var node = new EngineNode(cluster)
        {
            Configure = static o => o with { Framework = o.Framework with { UseOtherRegions = true } },
        };
        await node.ConnectAsync();

        var id = await EndAsync(node, OfferSamples.Job("far")
            .With(new Constraint("region", ConstraintOperator.Equals, "away")));

        Assert.Equal(cluster.Agents[1].Id, started[id.ToString()].AgentId.Value);
    }

    [Fact]
    public async Task Reservations_OfOurRole_AreUsedBeforeWhatIsFree()
    {
        var reserved = OfferSamples.Scalar("cpus", 1, reservedFor: "batch");
        reserved.AllocationInfo = null;
        await using var cluster = await StartAsync(new() { Agents = 1, Agent = _ => new() { Reserved = [reserved] } });
        await using var node = new EngineNode(cluster)
        {
            Configure = static o => o with { Framework = o.Framework with { Roles = ["batch"] } },
        };
        await node.ConnectAsync();

        var id = await EndAsync(node, OfferSamples.Job("reserved", cpus: 1.5));

        Assert.Equal(
            [("batch", 1.0), ("", 0.5)],
            ResourcesOf(id, "cpus").Select(r => (r.Reservations.FirstOrDefault()?.Role ?? "", r.Scalar.Value)));
    }

    [Fact]
    public async Task Messages_AsJson_RunTasksToo()
    {
        await using var cluster = await StartAsync(new());
        await using var node = new EngineNode(cluster)
        {
            Configure = static o => o with { Client = o.Client with { Codec = MessageCodec.Json } },
        };
        await node.ConnectAsync();

        await EndAsync(node, OfferSamples.Job("json"));
    }

    [Fact]
    public void Check_GpusWithoutOffersOfThem_IsRefused()
    {
        var job = OfferSamples.Job("learns") with { Resources = new(1, 1, 1) { Gpus = 1 } };
        var docker = job with { Task = TaskOptions.Default with { Container = new() { Image = "i" } } };

        Assert.Contains("--mesos-gpus", Assert.Single(Check(job, hasGpus: false)).Remedy, StringComparison.Ordinal);
        Assert.Empty(Check(job, hasGpus: true));
        Assert.Contains("MESOS", Assert.Single(Check(docker, hasGpus: true)).Remedy, StringComparison.Ordinal);
    }

    private static Job On(string host, Job job) =>
        job.With(new Constraint("hostname", ConstraintOperator.Equals, host));

    private static IReadOnlyList<Violation> Check(Job job, bool hasGpus) =>
        Chronos.Mesos.Tasks.MesosJobRules.Check(job, new(0, 0, 0), hasGpus);

    private async Task<SimulatedCluster> StartAsync(ClusterOptions options)
    {
        var cluster = await SimulatedCluster.StartAsync(options with { TimeScale = 20 });
        cluster.Tasks.OnStarted = task => started[task.TaskId.Value] = task;
        cluster.Faults.OnCall = call =>
        {
            calls.AddOrUpdate(call.Type, 1, static (_, count) => count + 1);
            return CallFault.None;
        };
        return cluster;
    }

    private static async Task<AttemptId> EndAsync(EngineNode node, Job job)
    {
        var id = Assert.Single(await node.LaunchAsync(job));
        await Wait.UntilAsync(() => node.Ends.ContainsKey(id), "an end");
        Assert.Equal(AttemptPhase.Finished, node.Ends[id].Phase);
        return id;
    }

    private IEnumerable<Resource> ResourcesOf(AttemptId id, string name) =>
        started[id.ToString()].Resources.Where(resource => resource.Name == name);
}
