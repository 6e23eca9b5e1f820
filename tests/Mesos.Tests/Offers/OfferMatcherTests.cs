using System.Diagnostics;
using Chronos.Core.Jobs;
using Chronos.Mesos.Offers;
using Chronos.Mesos.Protocol;
using Chronos.Testing.Engines;
using Xunit;
using static Mesos.Tests.Offers.OfferSamples;

namespace Mesos.Tests.Offers;

public sealed class OfferMatcherTests
{
    private readonly OfferBook book = new();
    private readonly PendingQueue queue = new();

    [Fact]
    public void Match_FewerPlacementsWantedThanFit_FillsThoseAndLeavesTheRest()
    {
        for (var i = 0; i < 3; i++) book.Add(Offer($"o{i}", $"a{i}", cpus: 1));
        Enqueue(Job("j", cpus: 0.5), count: 5);

        var placements = new OfferMatcher(PlacementPolicy.Fifo, TimeSpan.FromHours(1), TimeProvider.System)
            .Match(queue, book, placementsMax: 2);

        Assert.Equal([2, 2], placements.Select(placement => placement.Attempts.Count));
        Assert.Equal(1, queue.Count);
    }

    [Fact]
    public void Match_SeveralThatFit_ShareOneOffer()
    {
        book.Add(Offer("o1", "a1", cpus: 1));
        Enqueue(Job("j", cpus: 0.3), count: 5);

        var placement = Assert.Single(Match());

        Assert.Equal(3, placement.Attempts.Count);
        Assert.Equal(2, queue.Count);
        Assert.Equal(100, placement.Pool.Free.Cpus);
        Assert.Equal(["cpus", "mem", "disk"], placement.Attempts[0].Resources.Select(resource => resource.Name));
        Assert.Equal(0.3, placement.Attempts[0].Resources[0].Scalar.Value);
        Assert.Equal("*", placement.Attempts[0].Resources[0].AllocationInfo.Role);
    }

    [Fact]
    public void Match_SeveralOffersOfAnAgent_CountTogether()
    {
        book.Add(Offer("o1", "a1", cpus: 0.5, mem: 100));
        book.Add(Offer("o2", "a1", cpus: 0.5, mem: 100));
        Enqueue(Job("j", cpus: 1, mem: 200));

        var placement = Assert.Single(Match());

        Assert.Equal(["o1", "o2"], placement.Pool.Offers.Select(offer => offer.Id.Value));
        Assert.Equal([0.5, 0.5], CpusOf(placement.Attempts[0]));
    }

    [Fact]
    public void Match_OffersOfOneAgentForTwoRoles_StayApart()
    {
        var other = Offer("o2", "a1", cpus: 0.5);
        other.AllocationInfo.Role = "batch";
        book.Add(Offer("o1", "a1", cpus: 0.5));
        book.Add(other);
        Enqueue(Job("j", cpus: 1));

        Assert.Empty(Match());
    }

    [Fact]
    public void Match_Reservations_AreUsedFirstAndSummed()
    {
        var offer = Offer("o1", "a1", cpus: 2);
        offer.Resources.Add(Scalar("cpus", 0.4, reservedFor: "batch"));
        book.Add(offer);
        Enqueue(Job("j", cpus: 1));

        var resources = Assert.Single(Match()).Attempts[0].Resources.Where(r => r.Name == "cpus").ToList();

        Assert.Equal([0.4, 0.6], resources.Select(resource => resource.Scalar.Value));
        Assert.Equal("batch", Assert.Single(resources[0].Reservations).Role);
        Assert.Empty(resources[1].Reservations);
    }

    [Fact]
    public void Match_VolumesAndRevocable_AreLeftAlone()
    {
        var offer = Offer("o1", "a1", cpus: 0.1, disk: 10);
        var volume = Scalar("disk", 1000);
        volume.Disk = new() { Persistence = new() { Id = "v" } };
        var revocable = Scalar("cpus", 8);
        revocable.Revocable = new();
        offer.Resources.Add([volume, revocable]);
        book.Add(offer);
        Enqueue(Job("j", cpus: 1, disk: 100));

        Assert.Empty(Match());
    }

    [Fact]
    public void Match_HighPriority_GoesFirstThenTheOldest()
    {
        book.Add(Offer("o1", "a1", cpus: 1));
        var first = Enqueue(Job("first", cpus: 0.4))[0];
        Enqueue(Job("second", cpus: 0.5));
        var urgent = Enqueue(Job("urgent", cpus: 0.6) with { Policy = new() { HighPriority = true } })[0];

        var placed = Assert.Single(Match()).Attempts.Select(attempt => attempt.Attempt.Request.Id);

        Assert.Equal([urgent, first], placed);
    }

    [Theory]
    [InlineData("rack", ConstraintOperator.Equals, "r1", "a1")]
    [InlineData("rack", ConstraintOperator.Like, "r[2-9]", "a2")]
    [InlineData("rack", ConstraintOperator.Unlike, "r1", "a2")]
    [InlineData("hostname", ConstraintOperator.Equals, "a2.example", "a2")]
    [InlineData("zone", ConstraintOperator.Equals, "z1", "a3")]
    [InlineData("region", ConstraintOperator.Like, "eu-.*", "a3")]
    public void Match_Constraint_PicksTheAgent(string name, ConstraintOperator op, string value, string agent)
    {
        var third = Offer("o3", "a3", cpus: 1);
        third.Domain = new() { FaultDomain = new() { Region = new() { Name = "eu-1" }, Zone = new() { Name = "z1" } } };
        book.Add(Offer("o1", "a1", cpus: 1).WithText("rack", "r1"));
        book.Add(Offer("o2", "a2", cpus: 1).WithText("rack", "r2"));
        book.Add(third);
        Enqueue(Job("j").With(new Constraint(name, op, value)));

        Assert.Equal(agent, Assert.Single(Match()).Pool.AgentId);
    }

    [Fact]
    public void Match_Ports_AreTakenOneByOne()
    {
        book.Add(Offer("o1", "a1", cpus: 4).WithPorts(31000, 31003));
        Enqueue(WithPorts(31002, 0), count: 3);

        var placement = Assert.Single(Match());

        Assert.Equal([31002ul, 31000ul], PortsOf(Assert.Single(placement.Attempts)));
        Assert.StartsWith("No agent with room has the ports free", queue.Queues.Single().Reason);
    }

    [Fact]
    public void Match_AnyPort_TakesFreeOnesUntilNoneIsLeft()
    {
        book.Add(Offer("o1", "a1", cpus: 4).WithPorts(31000, 31003));
        Enqueue(WithPorts(0), count: 6);

        var placed = Assert.Single(Match()).Attempts;

        Assert.Equal([31000, 31001, 31002, 31003], placed.SelectMany(PortsOf));
    }

    [Theory]
    [InlineData(PlacementPolicy.BinPack, "a2:4")]
    [InlineData(PlacementPolicy.Spread, "a1:1 a2:1 a3:2")]
    [InlineData(PlacementPolicy.Fifo, "a1:4")]
    public void Match_Policy_ChoosesAmongSuitable(PlacementPolicy policy, string expected)
    {
        book.Add(Offer("o1", "a1", cpus: 2));
        book.Add(Offer("o2", "a2", cpus: 1));
        book.Add(Offer("o3", "a3", cpus: 4));
        Enqueue(Job("j", cpus: 0.2), count: 4);

        var placed = Match(policy).OrderBy(p => p.Pool.AgentId).Select(p => $"{p.Pool.AgentId}:{p.Attempts.Count}");

        Assert.Equal(expected, string.Join(' ', placed));
    }

    [Fact]
    public void Match_LargeAttemptThatWaitsLong_GetsAnAgentHeldUntilItFits()
    {
        // Small attempts keep coming and would take whatever becomes free on each agent, for ever.
        var large = Enqueue(Job("large", cpus: 4))[0];
        book.Add(Offer("o1", "a1", cpus: 1));
        book.Add(Offer("o2", "a2", cpus: 2));
        Enqueue(Job("small", cpus: 0.5), count: 100);
        Match(ageing: TimeSpan.Zero);
        Assert.Equal("Needs 4 cpus; the largest offer in 5 min had 2.", queue.ReasonOf(large));

        var held = Assert.Single(book.Pools, pool => pool.HeldFor is not null);
        Assert.Equal("a2", held.AgentId);
        Assert.Equal(2000, held.Free.Cpus);
        book.Add(Offer("o3", "a2", cpus: 2));
        var placement = Assert.Single(Match(ageing: TimeSpan.Zero), p => p.Pool.AgentId == "a2");

        Assert.Equal(large, Assert.Single(placement.Attempts).Attempt.Request.Id);
    }

    [Fact]
    public void Match_NobodySuits_SaysWhy()
    {
        Enqueue(Job("j").With(new Constraint("rack", ConstraintOperator.Equals, "r9")));
        Match();
        Assert.Equal("No agent has offered resources in 5 min.", queue.Queues.Single().Reason);

        book.Add(Offer("o1", "a1", cpus: 1));
        Match();

        Assert.Equal("None of 1 agents satisfies rack EQUALS r9.", queue.Queues.Single().Reason);
    }

    [Fact]
    public void Rescind_OneOfTwoOffers_LeavesTheOther()
    {
        book.Add(Offer("o1", "a1", cpus: 1));
        book.Add(Offer("o2", "a1", cpus: 0.5));

        book.Rescind("o1");
        book.Rescind("unknown");

        Assert.Equal(500, Assert.Single(book.Pools).Free.Cpus);
        book.Rescind("o2");
        Assert.Empty(book.Pools);
    }

    [Fact]
    public void Match_RandomRounds_NeverTakeMoreThanIsOffered()
    {
        var now = TimeProvider.System.GetTimestamp();
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var (own, waiting) = (new OfferBook(), new PendingQueue());
            for (var i = 0; i < 20; i++)
                own.Add(Offer($"o{i}", $"a{random.Next(8)}", random.Next(1, 40) / 10.0, random.Next(1, 4096)));
            for (var i = 0; i < 60; i++)
            {
                var job = Job($"j{random.Next(6)}", random.Next(1, 12) / 10.0, random.Next(0, 700));
                waiting.Add(LaunchRequests.For(job), now);
            }

            var offered = own.Pools.ToDictionary(pool => pool.AgentId, pool => (pool.Free.Cpus, pool.Free.Mem));

            var policy = (PlacementPolicy)random.Next(3);
            var placements = new OfferMatcher(policy, TimeSpan.FromHours(1), TimeProvider.System).Match(waiting, own);

            foreach (var (pool, attempts) in placements)
            {
                Assert.True(Sum(attempts, "cpus") + pool.Free.Cpus == offered[pool.AgentId].Cpus, $"Seed {seed}");
                Assert.True(Sum(attempts, "mem") + pool.Free.Mem == offered[pool.AgentId].Mem, $"Seed {seed}");
                Assert.True(pool.Free is { Cpus: >= 0, Mem: >= 0 }, $"Seed {seed}");
            }

            Assert.All(waiting.Queues, q => Assert.DoesNotContain(own.Pools, pool => pool.Free.Fits(q.Demand)));
        }
    }

    [Theory]
    [InlineData(PlacementPolicy.BinPack)]
    [InlineData(PlacementPolicy.Spread)]
    public void Match_HundredThousandOnAThousandAgents_TakesLittleTime(PlacementPolicy policy)
    {
        for (var i = 0; i < 1000; i++) book.Add(Offer($"o{i}", $"a{i}", cpus: 16, mem: 65536, disk: 500_000));
        for (var job = 0; job < 100; job++)
            Enqueue(Job($"j{job}", 0.1 + (job % 7 * 0.01), 64 + job).With(
                new Constraint("hostname", ConstraintOperator.Unlike, $"a{job}[.]example")), count: 1000);
        var watch = Stopwatch.StartNew();

        var placed = Match(policy).Sum(placement => placement.Attempts.Count);

        Assert.Equal(100_000, placed + queue.Count);
        Assert.True(placed > 90_000, $"Only {placed} found a place.");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}; 5,000/s need 20 s.");
        TestContext.Current.SendDiagnosticMessage($"{policy}: {placed} placements in {watch.Elapsed}");
    }

    private static long Sum(IEnumerable<PlacedAttempt> attempts, string name) => attempts
        .SelectMany(attempt => attempt.Resources).Where(resource => resource.Name == name)
        .Sum(resource => Demand.ToThousandths(resource.Scalar.Value));

    private static IEnumerable<double> CpusOf(PlacedAttempt attempt) => attempt.Resources
        .Where(resource => resource.Name == "cpus").Select(resource => resource.Scalar.Value);

    private static IEnumerable<ulong> PortsOf(PlacedAttempt attempt) => attempt.Resources
        .Where(resource => resource.Name == "ports").SelectMany(resource => resource.Ranges.Range)
        .Select(range => range.Begin);

    private static Job WithPorts(params int[] hostPorts) => Job("p") with
    {
        Task = TaskOptions.Default with
        {
            Container = new()
            {
                Image = "i",
                NetworkInfos =
                [
                    new("", null, [], hostPorts.Select(port => new PortMapping(port, 80, "tcp")).ToValueList()),
                ],
            },
        },
    };

    private List<Chronos.Core.Runs.AttemptId> Enqueue(Job job, int count = 1)
    {
        var requests = Enumerable.Range(0, count).Select(_ => LaunchRequests.For(job)).ToList();
        foreach (var request in requests) queue.Add(request, TimeProvider.System.GetTimestamp());
        return [.. requests.Select(request => request.Id)];
    }

    private List<Placement> Match(PlacementPolicy policy = PlacementPolicy.Fifo, TimeSpan? ageing = null)
    {
        var matcher = new OfferMatcher(policy, ageing ?? TimeSpan.FromHours(1), TimeProvider.System);
        return matcher.Match(queue, book);
    }
}
