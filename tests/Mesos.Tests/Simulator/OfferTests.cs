using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator;
using Xunit;
using Capability = Chronos.Mesos.Protocol.FrameworkInfo.Types.Capability.Types.Type;

namespace Mesos.Tests.Simulator;

/// <summary>Offers: who is offered what, when. Time runs ten times faster: a filter of 5 s lasts 500 ms.</summary>
public sealed class OfferTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(250);
    private static readonly ClusterOptions OneAgent = new() { TimeScale = 10, Agents = 1 };

    [Fact]
    public async Task Offers_ComeOneForEachAgent_WithAllOfIt()
    {
        await using var cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 10 });
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);

        var offers = new[] { await scheduler.OfferAsync(), await scheduler.OfferAsync() };

        Assert.Equal(
            cluster.Agents.Select(agent => agent.Id).Order(), offers.Select(offer => offer.AgentId.Value).Order());
        Assert.All(offers, offer => Assert.Equal(
            [("ports", 0), ("cpus", 2), ("mem", 2048), ("disk", 4096)],
            offer.Resources.Select(resource => (resource.Name, resource.Scalar?.Value ?? 0))));
    }

    [Fact]
    public async Task Offer_DescribesTheAgent()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent with
        {
            Agent = _ => new()
            {
                Attributes = new Dictionary<string, string> { ["rack"] = "r1" },
                Domain = ("eu", "a"),
            },
        });
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);

        var offer = await scheduler.OfferAsync();

        Assert.Equal(scheduler.FrameworkId, offer.FrameworkId.Value);
        Assert.Equal("127.0.0.1", offer.Hostname);
        Assert.Equal(("http", "/slave(1)"), (offer.Url.Scheme, offer.Url.Path));
        Assert.Equal(cluster.Agents[0].Port, offer.Url.Address.Port);
        Assert.Equal(("rack", "r1"), (offer.Attributes[0].Name, offer.Attributes[0].Text.Value));
        Assert.Equal("a", offer.Domain.FaultDomain.Zone.Name);
        Assert.Equal(TestScheduler.Role, offer.AllocationInfo.Role);
        Assert.All(offer.Resources, resource => Assert.Equal(TestScheduler.Role, resource.AllocationInfo.Role));
    }

    [Fact]
    public async Task Offer_ToAFrameworkOfOneRole_SaysNothingOfRoles()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        var framework = TestScheduler.Framework(without: Capability.MultiRole);
        framework.Roles.Clear();
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, framework);

        var offer = await scheduler.OfferAsync();

        Assert.Null(offer.AllocationInfo);
        Assert.All(offer.Resources, resource => Assert.Null(resource.AllocationInfo));
    }

    [Fact]
    public async Task Suppressed_IsOfferedNothingBeforeItIsRevived()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, suppressed: TestScheduler.Role);
        Assert.False(await scheduler.IsOfferedAsync(Soon));

        await scheduler.CallAsync(new() { Type = Call.Types.Type.Revive });

        await scheduler.OfferAsync();
    }

    [Fact]
    public async Task Suppress_OfferIsOut_CanStillBeAccepted()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var offer = await scheduler.OfferAsync();

        await scheduler.CallAsync(new() { Type = Call.Types.Type.Suppress });

        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        await scheduler.FollowAsync("t", TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFinished);
        Assert.Equal(0, scheduler.Count(Event.Types.Type.Rescind));
        Assert.False(await scheduler.IsOfferedAsync(Soon));
    }

    [Fact]
    public async Task Revive_OfAForeignRole_DoesNothing()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, suppressed: TestScheduler.Role);

        await scheduler.CallAsync(new()
        {
            Type = Call.Types.Type.Revive,
            Revive = new() { Roles = { TestScheduler.Role, "foreign" } },
        });

        Assert.False(await scheduler.IsOfferedAsync(Soon));
    }

    [Theory]
    [InlineData(null, 400)] // 5 s, scaled
    [InlineData(8.0, 700)]
    [InlineData(-1.0, 400)]
    [InlineData(0.0, 0)]
    public async Task Decline_KeepsAwayForItsTime(double? seconds, int millisecondsMin)
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var offer = await scheduler.OfferAsync();
        var began = TimeProvider.System.GetTimestamp();

        await scheduler.DeclineAsync(offer, seconds);
        await scheduler.OfferAsync();

        var elapsed = TimeProvider.System.GetElapsedTime(began);
        Assert.True(elapsed >= TimeSpan.FromMilliseconds(millisecondsMin), $"It came back after {elapsed}.");
    }

    [Fact]
    public async Task Revive_ClearsFilters()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.DeclineAsync(await scheduler.OfferAsync(), seconds: 10_000);
        Assert.False(await scheduler.IsOfferedAsync(Soon));

        await scheduler.CallAsync(new() { Type = Call.Types.Type.Revive });

        await scheduler.OfferAsync();
    }

    [Fact]
    public async Task TaskEnds_BiggerOffer_PassesTheFilter()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.RunAsync("t");
        await scheduler.DeclineAsync(await scheduler.OfferAsync(), seconds: 10_000);

        await scheduler.KillAsync("t");

        var whole = await scheduler.OfferAsync();
        Assert.Equal(2, whole.Resources.Single(resource => resource.Name == "cpus").Scalar.Value);
    }

    [Fact]
    public async Task Accept_Remainder_IsFiltered()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var offer = await scheduler.OfferAsync();

        await scheduler.CallAsync(new()
        {
            Type = Call.Types.Type.Accept,
            Accept = new()
            {
                OfferIds = { offer.Id },
                Operations =
                {
                    new Offer.Types.Operation
                    {
                        Type = Offer.Types.Operation.Types.Type.Launch,
                        Launch = new() { TaskInfos = { TestScheduler.NewTask("t", offer, "sleep infinity") } },
                    },
                },
                Filters = new() { RefuseSeconds = 10_000 },
            },
        });

        await scheduler.StatusAsync("t", TaskState.TaskStarting);
        Assert.False(await scheduler.IsOfferedAsync(Soon));
    }

    [Fact]
    public async Task Decline_OfAnUnknownOffer_DoesNothing()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);

        await scheduler.DeclineAsync(new() { Id = new() { Value = "bogus" } });

        await scheduler.OfferAsync();
    }

    [Fact]
    public async Task OfferTimeout_TakesBackAndOffersAgain()
    {
        await using var cluster = await SimulatedCluster.StartAsync(
            OneAgent with { OfferTimeout = TimeSpan.FromSeconds(2) });
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var offer = await scheduler.OfferAsync();

        var rescind = await scheduler.NextAsync(Event.Types.Type.Rescind);

        Assert.Equal(offer.Id, rescind.Rescind.OfferId);
        Assert.NotEqual(offer.Id, (await scheduler.OfferAsync()).Id);
    }

    [Fact]
    public async Task AgentGoes_ItsOfferIsTakenBack()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var offer = await scheduler.OfferAsync();

        cluster.Agents[0].Disconnect();

        Assert.Equal(offer.Id, (await scheduler.NextAsync(Event.Types.Type.Rescind)).Rescind.OfferId);
        Assert.False(await scheduler.IsOfferedAsync(Soon));
        cluster.Agents[0].Reconnect();
        await scheduler.OfferAsync();
    }

    [Fact]
    public async Task FrameworkDisconnects_OthersGetItsOffers()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        var one = await TestScheduler.SubscribeAsync(cluster);
        await one.OfferAsync();
        await using var two = await TestScheduler.SubscribeAsync(cluster);
        Assert.False(await two.IsOfferedAsync(Soon));

        await one.DisposeAsync();

        await two.OfferAsync();
    }

    [Fact]
    public async Task Gpus_AreForFrameworksThatAskForThem()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent with { Agent = _ => new() { Gpus = 1 } });
        await using var without = await TestScheduler.SubscribeAsync(cluster);
        Assert.False(await without.IsOfferedAsync(Soon));
        var framework = TestScheduler.Framework();
        framework.Capabilities.Add(new FrameworkInfo.Types.Capability { Type = Capability.GpuResources });

        await using var with = await TestScheduler.SubscribeAsync(cluster, framework);

        await with.OfferAsync();
    }

    [Fact]
    public async Task OtherRegions_AreForFrameworksThatAskForThem()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent with
        {
            Region = "eu",
            Agent = _ => new() { Domain = ("us", "a") },
        });
        await using var without = await TestScheduler.SubscribeAsync(cluster);
        Assert.False(await without.IsOfferedAsync(Soon));
        var framework = TestScheduler.Framework();
        framework.Capabilities.Add(new FrameworkInfo.Types.Capability { Type = Capability.RegionAware });

        await using var with = await TestScheduler.SubscribeAsync(cluster, framework);

        await with.OfferAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reservations_AreWrittenAsTheFrameworkReadsThem(bool isRefined)
    {
        var reserved = TestScheduler.Scalar("cpus", 4);
        reserved.Reservations.Add(new Resource.Types.ReservationInfo { Role = TestScheduler.Role });
        await using var cluster = await SimulatedCluster.StartAsync(
            OneAgent with { Agent = _ => new() { Reserved = [reserved] } });
        await using var scheduler = await TestScheduler.SubscribeAsync(
            cluster, isRefined
                ? TestScheduler.Framework()
                : TestScheduler.Framework(without: Capability.ReservationRefinement));

        var offer = await scheduler.OfferAsync();

        var part = offer.Resources.Single(resource => resource.Name == "cpus" && resource.Scalar.Value == 4);
#pragma warning disable CS0612 // the older form of a reservation is a deprecated field
        Assert.Equal(isRefined ? "" : TestScheduler.Role, part.HasRole ? part.Role : "");
#pragma warning restore CS0612
        Assert.Equal(isRefined ? 1 : 0, part.Reservations.Count);
    }

    [Fact]
    public async Task Reserved_ForOthers_IsNotOffered()
    {
        var reserved = TestScheduler.Scalar("cpus", 4);
        reserved.Reservations.Add(new Resource.Types.ReservationInfo { Role = "others" });
        await using var cluster = await SimulatedCluster.StartAsync(
            OneAgent with { Agent = _ => new() { Reserved = [reserved] } });
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);

        var offer = await scheduler.OfferAsync();

        var cpus = offer.Resources.Where(resource => resource.Name == "cpus");
        Assert.Equal(2, cpus.Sum(resource => resource.Scalar.Value));
    }

    [Fact]
    public async Task Maintenance_AsksForAgentsBack()
    {
        await using var cluster = await SimulatedCluster.StartAsync(OneAgent);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.RunAsync("t");
        var answers = new List<bool>();

        cluster.Maintain(
            cluster.Agents[0], DateTimeOffset.UtcNow, TimeSpan.FromHours(1), (_, accepted) => answers.Add(accepted));

        var inverse = (await scheduler.NextAsync(Event.Types.Type.InverseOffers)).InverseOffers.InverseOffers_.Single();
        await scheduler.CallAsync(new()
        {
            Type = Call.Types.Type.AcceptInverseOffers,
            AcceptInverseOffers = new() { InverseOfferIds = { inverse.Id } },
        });
        Assert.Equal([true], answers);
        Assert.NotNull((await scheduler.OfferAsync()).Unavailability ?? (await scheduler.OfferAsync()).Unavailability);
    }
}
