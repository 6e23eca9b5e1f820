using System.Globalization;
using Chronos.Core.Jobs;
using Chronos.Integration.Tests.Server;
using Chronos.Integration.Tests.ZooKeeper;
using Chronos.Mesos.Detection;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.Mesos;

/// <summary>A scheduler finds its masters through ZooKeeper, and that fails. Jobs go on at the master that is known,
/// and when ZooKeeper is back the scheduler follows it, without a restart.</summary>
public sealed class ZooKeeperOutageTests : IAsyncLifetime
{
    // Longer than the session, which then expires. Five minutes take the test longer and show no more, but may be had.
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(double.Parse(
        Environment.GetEnvironmentVariable("ZOOKEEPER_OUTAGE_SECONDS") ?? "15", CultureInfo.InvariantCulture));

    private readonly DataFolder folder = new();
    private ZooKeeperServer zooKeeper = null!; // these are set by InitializeAsync
    private CuttableProxy proxy = null!;
    private SimulatedCluster cluster = null!;
    private RegisteredMasters masters = null!;
    private MesosNode node = null!;
    private int runs;

    public async ValueTask InitializeAsync()
    {
        zooKeeper = await ZooKeeperServer.StartAloneAsync();
        proxy = new(zooKeeper.Port);
        cluster = await SimulatedCluster.StartAsync(new() { Masters = 2, Agents = 2, TimeScale = 20 });
        masters = new(cluster, new([zooKeeper.Address], "/", null));
        await masters.RegisterAsync();
        var seen = new ZooKeeperAddress([proxy.Address], RegisteredMasters.Path, null);
        node = await MesosNode.StartAsync(folder.Path, MesosNode.Quick(new MasterSetting.ZooKeeper(seen)));
        await node.PutAsync([new Job { Name = "job", Command = "true" }]);
        await RunAsync();
    }

    [Fact]
    public async Task ZooKeeper_StoppedForLongAndBack_SchedulingGoesOn()
    {
        await zooKeeper.KillAsync();
        await RunThroughAsync();
        await zooKeeper.RestartAsync();
        await masters.RegisterAgainAsync();
        await RunAsync();

        await masters.FailOverAsync();

        await RunAsync();
        Assert.Equal(1, cluster.Faults.OpenStreams);
    }

    [Fact]
    public async Task ZooKeeper_SplitFromTheSchedulerWhileMastersFailOver_SchedulingResumes()
    {
        proxy.Cut();
        await masters.FailOverAsync(); // the old master knows who leads now
        await RunThroughAsync();
        proxy.Heal();
        await RunAsync();

        await masters.FailOverAsync();

        await RunAsync();
    }

    [Fact]
    public async Task ZooKeeper_SilentUntilTheSessionExpires_IsFollowedByANewOne()
    {
        proxy.Silence();
        await RunThroughAsync();
        await masters.FailOverAsync();
        proxy.Heal();

        await RunAsync();
        await masters.FailOverAsync();
        await RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        await masters.DisposeAsync();
        await cluster.DisposeAsync();
        await proxy.DisposeAsync();
        await zooKeeper.DisposeAsync();
        folder.Dispose();
    }

    private async Task RunThroughAsync()
    {
        var until = DateTime.UtcNow + Outage;
        while (DateTime.UtcNow < until)
        {
            await RunAsync();
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private async Task RunAsync()
    {
        await node.StartRunAsync("job");
        runs++;
        await Wait.UntilAsync(async () =>
            (await node.ReadHistoryAsync()).Count(r => r.Run.State == Core.Runs.RunState.Succeeded) == runs);
    }
}
