using Chronos.Testing;
using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Watches, also over lost connections and across the end of the session.</summary>
public sealed class WatchTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact(Timeout = Client.TestTimeout)]
    public async Task Watches_EachKind_FireOnceWithWhatHappened()
    {
        await using var client = await server.OpenAsync();
        await client.CreateAsync("/node");

        var (_, content) = await client.GetAndWatchAsync("/node", Client.Token);
        var (_, existing) = await client.ExistsAndWatchAsync("/node", Client.Token);
        var (_, absent) = await client.ExistsAndWatchAsync("/later", Client.Token);
        var (_, children) = await client.ChildrenAndWatchAsync("/node", Client.Token);
        await client.SetAsync("/node", "new");
        await client.CreateAsync("/node/child");
        await client.CreateAsync("/later");

        Assert.Equal(new(WatchEventKind.ContentChanged, "/node"), await content);
        Assert.Equal(new(WatchEventKind.ContentChanged, "/node"), await existing);
        Assert.Equal(new(WatchEventKind.Created, "/later"), await absent);
        Assert.Equal(new(WatchEventKind.ChildrenChanged, "/node"), await children);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Watches_NodeDeleted_AllFire()
    {
        await using var client = await server.OpenAsync();
        await client.CreateAsync("/node");

        var (_, content) = await client.GetAndWatchAsync("/node", Client.Token);
        var (_, children) = await client.ChildrenAndWatchAsync("/node", Client.Token);
        await client.DeleteAsync("/node", ZooKeeperClient.AnyVersion, Client.Token);

        Assert.Equal(new(WatchEventKind.Deleted, "/node"), await content);
        Assert.Equal(new(WatchEventKind.Deleted, "/node"), await children);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Watches_SameKindAndPath_ShareOneUntilItFires()
    {
        await using var client = await server.OpenAsync();

        var (_, first) = await client.ChildrenAndWatchAsync("/", Client.Token);
        var (_, second) = await client.ChildrenAndWatchAsync("/", Client.Token);
        await client.CreateAsync("/a");
        await first;
        var (_, third) = await client.ChildrenAndWatchAsync("/", Client.Token);

        Assert.Same(first, second);
        Assert.NotSame(first, third);
        Assert.False(third.IsCompleted);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Watches_ConnectionLost_FireForWhatHappenedMeanwhile()
    {
        // A client watches through a proxy, which cuts it off; others change what it watches, and leave something
        // alone. When it is back, it must hear of each change once, and of later changes to the rest.
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        await using var proxy = new CuttableProxy(address.Servers[0].Port);
        await using var client = Client.Open(address with { Servers = [proxy.Address] });
        foreach (var name in new[] { "/changed", "/deleted", "/parent", "/still" }) await other.CreateAsync(name);
        var (_, changed) = await client.GetAndWatchAsync("/changed", Client.Token);
        var (_, deleted) = await client.ExistsAndWatchAsync("/deleted", Client.Token);
        var (_, created) = await client.ExistsAndWatchAsync("/created", Client.Token);
        var (_, parent) = await client.ChildrenAndWatchAsync("/parent", Client.Token);
        var (_, still) = await client.GetAndWatchAsync("/still", Client.Token);
        var (_, absent) = await client.ExistsAndWatchAsync("/absent", Client.Token);

        proxy.Cut();
        await client.WaitForAsync(SessionState.Disconnected);
        await other.SetAsync("/changed", "new");
        await other.DeleteAsync("/deleted", ZooKeeperClient.AnyVersion, Client.Token);
        await other.CreateAsync("/created");
        await other.CreateAsync("/parent/child");
        Assert.False(changed.IsCompleted || deleted.IsCompleted || created.IsCompleted || parent.IsCompleted);
        proxy.Heal();

        Assert.Equal(WatchEventKind.ContentChanged, (await changed).Kind);
        Assert.Equal(WatchEventKind.Deleted, (await deleted).Kind);
        Assert.Equal(WatchEventKind.Created, (await created).Kind);
        Assert.Equal(WatchEventKind.ChildrenChanged, (await parent).Kind);
        Assert.False(still.IsCompleted || absent.IsCompleted);
        await other.SetAsync("/still", "new");
        await other.CreateAsync("/absent");
        Assert.Equal(new(WatchEventKind.ContentChanged, "/still"), await still);
        Assert.Equal(new(WatchEventKind.Created, "/absent"), await absent);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Watches_ThousandsOverALostConnection_AreAllRestored()
    {
        // More paths than fit one request of 1 MB.
        const int count = 12_000;
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        await using var proxy = new CuttableProxy(address.Servers[0].Port);
        await using var client = Client.Open(address with { Servers = [proxy.Address] });
        var padding = new string('p', 100);
        var watched = await Task.WhenAll(Enumerable.Range(0, count)
            .Select(i => client.ExistsAndWatchAsync($"/{padding}-{i}", Client.Token)));

        proxy.Break();
        await Wait.UntilAsync(() => proxy.Accepted == 2 && client.State == SessionState.Connected);
        await client.SyncAsync("/", Client.Token); // answered after the watches
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => other.CreateAsync($"/{padding}-{i}")));

        var events = await Task.WhenAll(watched.Select(w => w.Changed));
        Assert.All(events, e => Assert.Equal(WatchEventKind.Created, e.Kind));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Watches_ClientClosed_Fail()
    {
        var client = await server.OpenAsync();
        var (_, changed) = await client.ChildrenAndWatchAsync("/", Client.Token);

        await client.DisposeAsync();

        Assert.Equal(ZooKeeperError.Closed, await Client.ErrorOfAsync(changed));
    }
}
