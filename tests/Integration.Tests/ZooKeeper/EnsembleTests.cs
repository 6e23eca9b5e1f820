using System.Diagnostics;
using Chronos.Testing;
using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Three servers, of which one is killed or paused.</summary>
public sealed class EnsembleTests : IAsyncLifetime
{
    private Ensemble? started;

    private Ensemble Servers => started ?? throw new InvalidOperationException("The ensemble was not started.");

    public async ValueTask InitializeAsync() => started = await Ensemble.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (started is not null) await started.DisposeAsync();
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Paused_ServerOfTheClient_MovesWithinTheTimeoutAndKeepsItsEphemerals()
    {
        // A paused server keeps its connections and says nothing. The client must leave it while there is time to find
        // another, before the others end the session. A second client watches that nothing of it ever goes.
        await using var client = Client.Open(Servers.Address, timeoutSeconds: 6);
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);
        var (_, changed) = await client.ChildrenAndWatchAsync("/", Client.Token);
        var session = client.SessionId;
        var paused = await Servers.ServerOfAsync(session);
        await using var other = Client.Open(
            Servers.Address with { Servers = [.. Servers.Address.Servers.Where(s => s != paused.Address)] });
        await other.SyncAsync("/", Client.Token);
        var (_, gone) = await other.ExistsAndWatchAsync("/short", Client.Token);

        paused.Pause();
        var pausedAt = Stopwatch.GetTimestamp();
        await client.WaitForAsync(SessionState.Disconnected);
        await client.WaitForAsync(SessionState.Connected);
        var moved = Stopwatch.GetElapsedTime(pausedAt);
        await client.SetAsync("/short", "still mine");
        paused.Resume();

        Assert.True(moved < client.SessionTimeout, $"It took {moved}.");
        Assert.Equal(session, client.SessionId);
        Assert.Equal(new(WatchEventKind.ContentChanged, "/short"), await gone);
        await other.CreateAsync("/new");
        Assert.Equal(WatchEventKind.ChildrenChanged, (await changed).Kind);
        await Task.Delay(client.SessionTimeout * 1.5);
        Assert.Equal(session, (await other.ExistsAsync("/short", Client.Token))?.EphemeralOwner);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Killed_Leader_SessionsAndWatchesMoveToTheNext()
    {
        var leader = await Servers.LeaderAsync();
        await using var ofLeader = Client.Open(leader.Address, timeoutSeconds: 10);
        await using var client = Client.Open(Servers.Address, timeoutSeconds: 10);
        await ofLeader.CreateAsync("/seen", mode: CreateMode.Ephemeral);
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);
        var (_, changed) = await client.ChildrenAndWatchAsync("/", Client.Token);
        var session = client.SessionId;

        await leader.KillAsync();
        var next = await Servers.LeaderAsync();
        await using var other = Client.Open(next.Address);
        await other.CreateAsync("/new");

        Assert.Equal(WatchEventKind.ChildrenChanged, (await changed).Kind);
        Assert.Equal(session, client.SessionId);
        await client.SyncAsync("/", Client.Token);
        Assert.Contains("short", (await client.ChildrenAsync("/", Client.Token)).Names);
        await leader.RestartAsync();
        await ofLeader.WaitForAsync(SessionState.Connected);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Killed_OneAfterTheOther_AWriterLosesNothingThatWasAnswered()
    {
        // A counter that only one writes, with its version as a fence. After a lost connection the writer reads what
        // became of the last write, as a store must, and no write may be lost or come twice.
        await using var client = Client.Open(Servers.Address, timeoutSeconds: 10);
        await client.CreateAsync("/counter", "0");
        var written = 0;
        using var stop = new CancellationTokenSource();
        var load = CountAsync();

        foreach (var server in Servers.Servers)
        {
            var before = Volatile.Read(ref written);
            await server.KillAsync();
            while (Volatile.Read(ref written) <= before) await Task.Delay(20);
            await server.RestartAsync();
        }

        await stop.CancelAsync();
        await load.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(written, (await client.GetAsync("/counter", Client.Token)).Stat.Version);
        Assert.Equal($"{written}", await client.TextAsync("/counter"));

        async Task CountAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await client.SetAsync("/counter", System.Text.Encoding.UTF8.GetBytes($"{written + 1}"), written,
                        Client.Token);
                    Interlocked.Increment(ref written);
                }
                catch (ZooKeeperException e)
                    when (e.Error is ZooKeeperError.ConnectionLoss or ZooKeeperError.SessionMoved)
                {
                    await ReadBackAsync();
                }
            }
        }

        async Task ReadBackAsync()
        {
            while (true)
            {
                try
                {
                    await client.SyncAsync("/counter", Client.Token);
                    var version = (await client.GetAsync("/counter", Client.Token)).Stat.Version;
                    Assert.InRange(version, written, written + 1);
                    Volatile.Write(ref written, version);
                    return;
                }
                catch (ZooKeeperException e) when (e.Error == ZooKeeperError.ConnectionLoss)
                {
                    // The next server was killed meanwhile.
                }
            }
        }
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Lost_MajorityAndBack_SessionSurvives()
    {
        await using var client = Client.Open(Servers.Address, timeoutSeconds: 10);
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);
        var session = client.SessionId;

        await Servers.Servers[0].KillAsync();
        await Servers.Servers[1].KillAsync();
        // The last one serves until it notices that it is alone.
        await Wait.UntilAsync(async () => await Servers.Servers[2].ModeAsync() is null);
        await client.WaitForAsync(SessionState.Disconnected);
        var waiting = client.CreateAsync("/node");
        await Wait.UntilAsync(() => client.SinceLastContact > TimeSpan.FromSeconds(3));
        Assert.False(waiting.IsCompleted);
        Servers.Servers[0].Launch();
        Servers.Servers[1].Launch();

        Assert.Equal("/node", await waiting);
        Assert.Equal(session, (await client.ExistsAsync("/short", Client.Token))?.EphemeralOwner);
    }
}
