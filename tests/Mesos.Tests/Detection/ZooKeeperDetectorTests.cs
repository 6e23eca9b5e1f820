using Chronos.Integration.Tests.ZooKeeper;
using Chronos.Mesos.Detection;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Mesos.Tests.Detection;

/// <summary>Against a real ZooKeeper; skipped where Debian's package zookeeper is not installed.</summary>
public sealed class ZooKeeperDetectorTests : IAsyncLifetime
{
    private static readonly MasterAddress First = new("10.0.0.1", 5050, UsesTls: false);
    private static readonly MasterAddress Second = new("10.0.0.2", 5050, UsesTls: false);
    private ZooKeeperServer? started;

    private ZooKeeperServer Server => started ?? throw new InvalidOperationException("ZooKeeper was not started.");

    public async ValueTask InitializeAsync() => started = await ZooKeeperServer.StartAloneAsync();

    [Fact]
    public async Task Leader_ComesChangesAndGoes_IsFollowed()
    {
        await using var detector = NewDetector();
        var detecting = detector.DetectAsync(CancellationToken.None);
        await using var one = await RegisterAsync(First);
        await using var two = await RegisterAsync(Second);
        Assert.Equal(First, await detecting);

        var change = detector.WaitForChangeAsync(First, CancellationToken.None);
        await one.CloseAsync(CancellationToken.None);

        await change.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(Second, await detector.DetectAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Leader_ZooKeeperIsAway_CountsOn()
    {
        await using var detector = NewDetector();
        await using var one = await RegisterAsync(First);
        Assert.Equal(First, await detector.DetectAsync(CancellationToken.None));

        await Server.KillAsync();

        Assert.Equal(First, await detector.DetectAsync(CancellationToken.None));
        Server.Launch();
        await using var two = await RegisterAsync(Second);
        await one.CloseAsync(CancellationToken.None);
        await detector.WaitForChangeAsync(First, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Second, await detector.DetectAsync(CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        if (started is not null) await started.DisposeAsync();
    }

    private ZooKeeperDetector NewDetector() =>
        new(ZooKeeperAddress.Parse($"zk://127.0.0.1:{Server.Port}/mesos"), false, TimeProvider.System,
            NullLoggerFactory.Instance);

    private async Task<ZooKeeperClient> RegisterAsync(MasterAddress master)
    {
        var client = ZooKeeperClient.Start(
            new() { Address = ZooKeeperAddress.Parse($"zk://127.0.0.1:{Server.Port}") }, TimeProvider.System,
            NullLogger<ZooKeeperClient>.Instance);
        await client.EnsureAsync("/mesos/log_replicas", Acl.Open, CancellationToken.None);
        var json = $$$"""{"id":"m","ip":0,"port":1,"address":{"ip":"{{{master.Host}}}","port":{{{master.Port}}}}}""";
        await client.CreateAsync(
            "/mesos/json.info_", System.Text.Encoding.UTF8.GetBytes(json), CreateMode.EphemeralSequential, Acl.Open,
            CancellationToken.None);
        return client;
    }
}
