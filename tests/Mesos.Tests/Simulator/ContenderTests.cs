using System.Text;
using Chronos.Integration.Tests.ZooKeeper;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>ZooKeeper: masters that elect their leader in a real ZooKeeper.</summary>
public sealed class ContenderTests : IAsyncLifetime
{
    private ZooKeeperServer server = null!; // set before each test
    private SimulatedCluster cluster = null!; // set before each test

    public async ValueTask InitializeAsync()
    {
        server = await ZooKeeperServer.StartAloneAsync();
        cluster = await SimulatedCluster.StartAsync(new()
        {
            Masters = 3,
            TimeScale = 20,
            ZooKeeper = $"zk://127.0.0.1:{server.Port}/mesos",
            ZooKeeperSessionTimeout = TimeSpan.FromSeconds(2),
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (cluster is not null) await cluster.DisposeAsync(); // null: the server is not installed
        if (server is not null) await server.DisposeAsync();
    }

    [Fact]
    public async Task Masters_AnnounceThemselves_AsTheRealOnesDo()
    {
        await using var client = Client();
        await Wait.UntilAsync(async () => (await ChildrenAsync(client)).Count == 3);
        var children = await client.ChildrenAsync("/", CancellationToken.None);

        Assert.Contains("log_replicas", children.Names);
        var first = (await ChildrenAsync(client))[0];
        Assert.Matches("^json\\.info_[0-9]{10}$", first);
        var node = await client.GetAsync("/" + first, CancellationToken.None);
        Assert.NotEqual(0, node.Stat.EphemeralOwner);
        var text = Encoding.UTF8.GetString(node.Content.Span);
        var leader = cluster.Leader!.Address;
        Assert.Contains(
            $$""""address":{"hostname":"127.0.0.1","ip":"127.0.0.1","port":{{leader.Port}}},"capabilities"""", text);
        Assert.Contains($"\"pid\":\"master@127.0.0.1:{leader.Port}\"", text);
        Assert.Contains("\"ip\":16777343", text);
    }

    [Fact]
    public async Task Leader_Stops_TheNextLeadsAndTasksGoOn()
    {
        await using var detector = new ZooKeeperDetector(
            ZooKeeperAddress.Parse($"zk://127.0.0.1:{server.Port}/mesos"), false, TimeProvider.System,
            NullLoggerFactory.Instance);
        await using var old = await TestScheduler.SubscribeAsync(cluster);
        var offer = await old.RunAsync("t");
        var leader = cluster.Leader!;
        Assert.Equal(leader.Address, await detector.DetectAsync(CancellationToken.None));

        await leader.StopAsync();

        await old.Ended;
        await detector.WaitForChangeAsync(leader.Address, CancellationToken.None).WaitAsync(TestScheduler.Patience);
        await Wait.UntilAsync(() => cluster.Leader is not null);
        Assert.Equal(cluster.Leader!.Address, await detector.DetectAsync(CancellationToken.None));
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, id: old.FrameworkId);
        await scheduler.ReconcileAsync(("t", offer.AgentId.Value));
        await scheduler.StatusAsync("t", TaskState.TaskRunning);
    }

    [Fact]
    public async Task FailOver_ToAnyMaster_GoesThroughZooKeeper()
    {
        for (var to = 2; to >= 0; to--)
        {
            await cluster.FailOverAsync(to);
            Assert.True(cluster.Masters[to].IsLeading);
        }
    }

    [Fact]
    public async Task ZooKeeperIsAway_NobodyLeadsUntilItIsBack()
    {
        await server.KillAsync();
        await Wait.UntilAsync(() => cluster.Leader is null);

        await server.RestartAsync();

        await Wait.UntilAsync(() => cluster.Leader is not null);
    }

    private ZooKeeperClient Client() => ZooKeeperClient.Start(
        new() { Address = ZooKeeperAddress.Parse($"zk://127.0.0.1:{server.Port}/mesos") }, TimeProvider.System,
        NullLogger<ZooKeeperClient>.Instance);

    private static async Task<List<string>> ChildrenAsync(ZooKeeperClient client) =>
        (await client.ChildrenAsync("/", CancellationToken.None)).Names
            .Where(name => name.StartsWith("json.info_")).Order(StringComparer.Ordinal).ToList();
}
