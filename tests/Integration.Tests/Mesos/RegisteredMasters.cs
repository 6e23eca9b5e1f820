using System.Text.Json;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Masters;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronos.Integration.Tests.Mesos;

/// <summary>Registers simulated masters in a real ZooKeeper as real ones do, and lets them fail over: the oldest
/// registration leads.</summary>
internal sealed class RegisteredMasters(SimulatedCluster cluster, ZooKeeperAddress root) : IAsyncDisposable
{
    /// <summary>The node below which they register.</summary>
    internal const string Path = "/mesos";

    private readonly Queue<(SimulatedMaster Master, ZooKeeperClient Session)> registered = new();

    /// <summary>Registers all, the first of the cluster first.</summary>
    internal async Task RegisterAsync()
    {
        foreach (var master in cluster.Masters) await RegisterAsync(master);
    }

    /// <summary>The leader's session ends, the next one leads, and the old leader stands in line again.</summary>
    internal async Task FailOverAsync()
    {
        var (old, session) = registered.Dequeue();
        await session.DisposeAsync();
        await cluster.FailOverAsync(IndexOf(registered.Peek().Master));
        await RegisterAsync(old);
    }

    /// <summary>As masters do whose sessions have expired: the leader first, so that it goes on leading.</summary>
    internal async Task RegisterAgainAsync()
    {
        foreach (var (master, session) in registered.ToList())
        {
            await session.DisposeAsync();
            await RegisterAsync(master);
            registered.Dequeue();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, session) in registered) await session.DisposeAsync();
    }

    private int IndexOf(SimulatedMaster master) => cluster.Masters.ToList().IndexOf(master);

    private async Task RegisterAsync(SimulatedMaster master)
    {
        var session = ZooKeeperClient.Start(
            new() { Address = root }, TimeProvider.System, NullLogger<ZooKeeperClient>.Instance);
        registered.Enqueue((master, session));
        await session.EnsureAsync(Path, Acl.Open, CancellationToken.None);
        var place = new { hostname = master.Address.Host, ip = master.Address.Host, port = master.Address.Port };
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new { id = Guid.NewGuid(), ip = 0, port = place.port, address = place });
        await session.CreateAsync(
            $"{Path}/json.info_", json, CreateMode.EphemeralSequential, Acl.Open, CancellationToken.None);
    }
}
