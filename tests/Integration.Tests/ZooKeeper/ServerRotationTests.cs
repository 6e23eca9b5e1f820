using Chronos.ZooKeeper;
using Chronos.ZooKeeper.Sessions;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Which server is tried, when, and for how long.</summary>
public sealed class ServerRotationTests
{
    private static readonly ServerAddress[] Three = [new("a", 1), new("b", 2), new("c", 3)];

    [Fact]
    public void Next_Rounds_TryEachServerOnceInTheSameOrder()
    {
        var rotation = new ServerRotation(Three, new Random(1));

        var attempts = Enumerable.Range(0, 9).Select(_ => rotation.Next()).ToList();

        var round = attempts.Take(3).Select(a => a.Server).ToList();
        Assert.Equal(Three.Order(ByPort), round.Order(ByPort));
        Assert.Equal([.. round, .. round, .. round], attempts.Select(a => a.Server));
    }

    [Fact]
    public void Next_Clients_BeginAtDifferentServers()
    {
        var first = Enumerable.Range(0, 50).Select(seed => new ServerRotation(Three, new Random(seed)).Next().Server);

        Assert.Equal(3, first.Distinct().Count());
    }

    [Fact]
    public void Next_Pauses_AreBetweenRoundsGrowAndDiffer()
    {
        var rotation = new ServerRotation(Three, new Random(1));

        var pauses = Enumerable.Range(0, 30).Select(_ => rotation.Next().Pause.TotalMilliseconds).ToList();

        Assert.All(pauses.Take(3), p => Assert.Equal(0, p));
        Assert.All(pauses.Index().Where(p => p.Index % 3 != 0), p => Assert.Equal(0, p.Item));
        Assert.InRange(pauses[3], 50, 100);
        Assert.InRange(pauses[6], 100, 200);
        Assert.All(pauses.Index().Where(p => p.Index % 3 == 0 && p.Index >= 15),
            p => Assert.InRange(p.Item, 500, 1_000));
        Assert.NotEqual(pauses[18], pauses[21]);
    }

    [Fact]
    public void Reset_AfterRounds_BeginsAnewWithTheNextServer()
    {
        var rotation = new ServerRotation(Three, new Random(1));
        var attempts = Enumerable.Range(0, 4).Select(_ => rotation.Next()).ToList();

        rotation.Reset();
        var next = rotation.Next();

        Assert.Equal(attempts[1].Server, next.Server);
        Assert.Equal((0, TimeSpan.Zero), (next.Round, next.Pause));
    }

    [Theory]
    [InlineData(1, 10, 3.33, 6.67)]
    [InlineData(3, 10, 1.67, 3.33)]
    [InlineData(7, 10, 1, 2)]
    [InlineData(3, 0.6, 0.2, 0.4)]
    public void Patience_GrowsWithRoundsUnanswered_UpToTheTimeout(
        int servers, double timeout, double atFirst, double afterOneRound)
    {
        var rotation = new ServerRotation(Enumerable.Range(1, servers).Select(p => new ServerAddress("h", p)), new(1));

        Assert.Equal(atFirst, Patience(), 0.01);
        RunOut(rounds: 1);
        Assert.Equal(afterOneRound, Patience(), 0.01);
        RunOut(rounds: 100);
        Assert.Equal(timeout, Patience(), 0.01);
        rotation.Reset();
        Assert.Equal(atFirst, Patience(), 0.01);

        double Patience() => rotation.Patience(TimeSpan.FromSeconds(timeout)).TotalSeconds;

        void RunOut(int rounds)
        {
            for (var i = 0; i < rounds * servers; i++) rotation.Unanswered();
        }
    }

    [Fact]
    public void Patience_AfterRefusals_IsAsAtFirst()
    {
        var rotation = new ServerRotation(Three, new Random(1));
        var timeout = TimeSpan.FromSeconds(10);
        var atFirst = rotation.Patience(timeout);

        for (var i = 0; i < 30; i++) rotation.Next();

        Assert.Equal(atFirst, rotation.Patience(timeout));
    }

    private static readonly Comparer<ServerAddress> ByPort =
        Comparer<ServerAddress>.Create((a, b) => a.Port.CompareTo(b.Port));
}
