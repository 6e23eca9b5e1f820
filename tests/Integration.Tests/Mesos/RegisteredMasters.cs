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

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly Queue<(SimulatedMaster Master, ZooKeeperClient Session)> registered = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource disposing = new();
    private Task keeping = Task.CompletedTask;

    /// <summary>Registers all, the first of the cluster first.</summary>
    internal async Task RegisterAsync()
    {
        foreach (var master in cluster.Masters) await RegisterAsync(master);
    }

    /// <summary>Registers them again by itself whenever a session expires, because this process had no processor for
    /// too long. Real masters end then, and something starts them again.</summary>
    internal void Keep() => keeping = KeepAsync();

    /// <summary>The leader's session ends, the next one leads, and the old leader stands in line again.</summary>
    internal Task FailOverAsync() => InTurnAsync(async () =>
    {
        var (old, session) = registered.Dequeue();
        await session.DisposeAsync();
        await cluster.FailOverAsync(IndexOf(registered.Peek().Master));
        await RegisterAsync(old);
    });

    /// <summary>As masters do whose sessions have expired: the leader first, so that it goes on leading.</summary>
    internal Task RegisterAgainAsync() => InTurnAsync(RegisterAllAgainAsync);

    public async ValueTask DisposeAsync()
    {
        await disposing.CancelAsync();
        await keeping;
        foreach (var (_, session) in registered) await session.DisposeAsync();
        disposing.Dispose();
        turn.Dispose();
    }

    private async Task KeepAsync()
    {
        while (!disposing.IsCancellationRequested)
        {
            await Task.WhenAny(Task.Delay(Pause, disposing.Token));
            await InTurnAsync(() => registered.Any(master => master.Session.State == SessionState.Expired)
                ? RegisterAllAgainAsync()
                : Task.CompletedTask);
        }
    }

    private async Task RegisterAllAgainAsync()
    {
        foreach (var (master, session) in registered.ToList())
        {
            await session.DisposeAsync();
            await RegisterAsync(master);
            registered.Dequeue();
        }
    }

    private async Task InTurnAsync(Func<Task> act)
    {
        await turn.WaitAsync();
        try
        {
            await act();
        }
        finally
        {
            turn.Release();
        }
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
