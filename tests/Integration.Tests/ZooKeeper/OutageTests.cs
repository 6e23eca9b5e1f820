using System.Diagnostics;
using Chronos.Testing;
using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>A server that is killed, and comes back.</summary>
public sealed class OutageTests
{
    [Fact(Timeout = Client.TestTimeout)]
    public async Task Server_AwayForLongerThanTheTimeout_SessionWatchesAndWaitingRequestsSurvive()
    {
        // The only server is killed for longer than the session's timeout. The server does not count the time in which
        // it did not run, so the session, its ephemeral node and its watches are there when it is back.
        await using var server = await ZooKeeperServer.StartAloneAsync();
        await using var client = Client.Open(server.Address, timeoutSeconds: 6);
        await client.CreateAsync("/parent");
        await client.CreateAsync("/parent/short", mode: CreateMode.Ephemeral);
        var (_, changed) = await client.ChildrenAndWatchAsync("/parent", Client.Token);
        var session = client.SessionId;

        await server.KillAsync();
        await client.WaitForAsync(SessionState.Disconnected);
        var waiting = client.CreateAsync("/parent/waited");
        await Wait.UntilAsync(() => client.SinceLastContact > client.SessionTimeout * 1.5);
        Assert.Equal(SessionState.Disconnected, client.State);
        await server.RestartAsync();
        var restarted = Stopwatch.GetTimestamp();

        Assert.Equal("/parent/waited", await waiting);
        Assert.InRange(Stopwatch.GetElapsedTime(restarted), TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.Equal(session, client.SessionId);
        Assert.Equal(session, (await client.ExistsAsync("/parent/short", Client.Token))?.EphemeralOwner);
        Assert.Equal(WatchEventKind.ChildrenChanged, (await changed).Kind);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Server_KilledUnderLoad_EveryRequestEndsAndNothingAnsweredIsLost()
    {
        await using var server = await ZooKeeperServer.StartAloneAsync();
        await using var client = Client.Open(server.Address, timeoutSeconds: 10);
        var answered = new List<string>();
        var lost = 0;
        using var stop = new CancellationTokenSource();

        var load = Enumerable.Range(0, 50).Select(WriteAsync).ToList();
        for (var kill = 0; kill < 3; kill++)
        {
            await MoreAreAnsweredAsync();
            await server.KillAsync();
            await server.RestartAsync();
        }

        await client.WaitConnectedAsync(Client.Token);
        await MoreAreAnsweredAsync();
        await stop.CancelAsync();
        await Task.WhenAll(load).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.NotEmpty(answered);
        Assert.NotEqual(0, lost);
        var kept = (await client.ChildrenAsync("/", Client.Token)).Names.ToHashSet();
        Assert.All(answered, path => Assert.Contains(path[1..], kept));

        int Answered()
        {
            lock (answered) return answered.Count;
        }

        async Task MoreAreAnsweredAsync()
        {
            var before = Answered();
            var more = Wait.UntilAsync(() => Answered() > before + load.Count);
            await await Task.WhenAny([more, .. load]); // a writer that ends tells why
            await more;
        }

        async Task WriteAsync(int writer)
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                try
                {
                    var path = await client.CreateAsync($"/w{writer}-{i}");
                    lock (answered) answered.Add(path);
                }
                catch (ZooKeeperException e) when (e.Error == ZooKeeperError.ConnectionLoss)
                {
                    Interlocked.Increment(ref lost);
                }
            }
        }
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Server_StartedAfterTheClient_IsFound()
    {
        await using var server = new ZooKeeperServer(number: 0, members: []);
        await using var client = Client.Open(server.Address);
        var created = client.CreateAsync("/node");
        await Task.Delay(500);
        Assert.Equal(SessionState.Connecting, client.State);

        await server.RestartAsync();

        Assert.Equal("/node", await created);
    }
}
