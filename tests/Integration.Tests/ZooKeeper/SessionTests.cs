using System.Diagnostics;
using Chronos.Testing;
using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>What becomes of a session when the network fails: through a proxy that breaks or silences connections.
/// </summary>
public sealed class SessionTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact(Timeout = Client.TestTimeout)]
    public async Task ConnectionLost_SessionLives_IsAttachedAgainWithItsEphemerals()
    {
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        await using var proxy = new CuttableProxy(address.Servers[0].Port);
        await using var client = Client.Open(address with { Servers = [proxy.Address] });
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);
        var session = client.SessionId;

        proxy.Break();
        await client.WaitForAsync(SessionState.Disconnected);
        await client.WaitForAsync(SessionState.Connected);

        Assert.Equal(session, client.SessionId);
        Assert.Equal(session, (await other.ExistsAsync("/short", Client.Token))?.EphemeralOwner);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task ConnectionLost_RequestUnderWay_FailsAndMayHaveHappened()
    {
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        await using var proxy = new CuttableProxy(address.Servers[0].Port);
        await using var client = Client.Open(address with { Servers = [proxy.Address] });
        await client.WaitConnectedAsync(Client.Token);

        proxy.HoldAnswers();
        var request = client.CreateAsync("/node");
        await Wait.UntilAsync(async () => await other.ExistsAsync("/node", Client.Token) is not null);
        Assert.False(request.IsCompleted);
        proxy.Cut();

        Assert.Equal(ZooKeeperError.ConnectionLoss, await Client.ErrorOfAsync(request));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Disconnected_Requests_WaitAndAreCarriedOutInOrder()
    {
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        await using var proxy = new CuttableProxy(address.Servers[0].Port);
        await using var client = Client.Open(address with { Servers = [proxy.Address] });
        await client.WaitConnectedAsync(Client.Token);
        proxy.Cut();
        await client.WaitForAsync(SessionState.Disconnected);

        using var impatience = new CancellationTokenSource();
        var create = client.CreateAsync("/node", "0");
        var givenUp = client.SetAsync("/node", "1"u8.ToArray(), ZooKeeperClient.AnyVersion, impatience.Token);
        var set = client.SetAsync("/node", "2");
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        proxy.Heal();

        await create;
        Assert.Equal(1, (await set).Version); // so what was given up was never sent
        Assert.Equal("2", await other.TextAsync("/node"));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task CutOff_LongerThanTheTimeout_ExpiresOnlyWhenAServerSaysSo()
    {
        // The client is cut off for longer than its session lives. Meanwhile it may not claim an end that it cannot
        // know, but it can tell how long it has heard nothing. When it reaches the server, the session is over.
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        await using var proxy = new CuttableProxy(address.Servers[0].Port);
        await using var client = Client.Open(address with { Servers = [proxy.Address] }, timeoutSeconds: 1);
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);
        var (_, changed) = await client.ChildrenAndWatchAsync("/", Client.Token);
        var (_, gone) = await other.ExistsAndWatchAsync("/short", Client.Token);

        proxy.Cut();
        await gone;
        Assert.Equal(SessionState.Disconnected, client.State);
        Assert.True(client.SinceLastContact > client.SessionTimeout * 0.9);
        var waiting = client.GetAsync("/", Client.Token);
        proxy.Heal();

        await client.WaitForAsync(SessionState.Expired);
        Assert.Equal(ZooKeeperError.SessionExpired, await Client.ErrorOfAsync(waiting));
        Assert.Equal(ZooKeeperError.SessionExpired, await Client.ErrorOfAsync(changed));
        Assert.Equal(ZooKeeperError.SessionExpired, await Client.ErrorOfAsync(client.GetAsync("/", Client.Token)));
        await client.CloseAsync(Client.Token);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Silence_TwoThirdsOfTheTimeout_LeavesTheServer()
    {
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        await using var silent = new CuttableProxy(address.Servers[0].Port);
        await using var client = Client.Open(address with { Servers = [silent.Address] }, timeoutSeconds: 3);
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);

        silent.Silence();
        var started = Stopwatch.GetTimestamp();
        await client.WaitForAsync(SessionState.Disconnected);
        var noticed = Stopwatch.GetElapsedTime(started);
        silent.Heal();
        await client.WaitForAsync(SessionState.Connected);

        Assert.InRange(noticed.TotalSeconds, 0.9, 2.8); // two thirds after the last word, and a word each third
        Assert.NotNull(await other.ExistsAsync("/short", Client.Token));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Idle_LongerThanTheTimeout_StaysAliveByPings()
    {
        var address = await server.AddressAsync();
        await using var client = Client.Open(address with { Chroot = "/" }, timeoutSeconds: 1);
        await client.WaitConnectedAsync(Client.Token);
        var session = client.SessionId;
        var oldest = TimeSpan.Zero;

        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started).TotalSeconds < 4;)
        {
            await Task.Delay(20);
            oldest = client.SinceLastContact > oldest ? client.SinceLastContact : oldest;
        }

        Assert.Equal((SessionState.Connected, session), (client.State, client.SessionId));
        Assert.InRange(oldest, client.SessionTimeout / 4, client.SessionTimeout);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Timeout_BeyondWhatTheServerGrants_IsWhatItGranted()
    {
        var address = await server.AddressAsync();
        await using var client = Client.Open(address with { Chroot = "/" }, timeoutSeconds: 0.1);

        Assert.Equal((SessionState.Connecting, TimeSpan.MaxValue), (client.State, client.SinceLastContact));
        await client.WaitConnectedAsync(Client.Token);

        Assert.Equal(TimeSpan.FromMilliseconds(2 * ZooKeeperServer.TickMilliseconds), client.SessionTimeout);
        Assert.InRange(client.SinceLastContact, TimeSpan.Zero, client.SessionTimeout);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Close_RequestsUnderWay_AreAnsweredAndEphemeralsVanishAtOnce()
    {
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        var client = Client.Open(address, timeoutSeconds: 30);
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);

        var pending = Enumerable.Range(0, 1_000).Select(i => client.CreateAsync($"/node-{i}")).ToList();
        await client.CloseAsync(Client.Token);

        Assert.Equal(1_000, (await Task.WhenAll(pending)).Distinct().Count());
        Assert.Null(await other.ExistsAsync("/short", Client.Token));
        Assert.Equal(SessionState.Closed, client.State);
        Assert.Equal(ZooKeeperError.Closed, await Client.ErrorOfAsync(client.GetAsync("/", Client.Token)));
        await client.CloseAsync(Client.Token);
        await client.DisposeAsync();
        await client.DisposeAsync();
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Close_CutOff_WaitsForAConnectionToEndTheSession()
    {
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        await using var proxy = new CuttableProxy(address.Servers[0].Port);
        await using var client = Client.Open(address with { Servers = [proxy.Address] }, timeoutSeconds: 30);
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);
        proxy.Cut();
        await client.WaitForAsync(SessionState.Disconnected);

        var close = client.CloseAsync(Client.Token);
        var refused = await Client.ErrorOfAsync(client.GetAsync("/", Client.Token));
        Assert.False(close.IsCompleted);
        proxy.Heal();
        await close;

        Assert.Equal(ZooKeeperError.Closed, refused);
        Assert.Null(await other.ExistsAsync("/short", Client.Token));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Close_AnswerLost_EndsOnceTheServerDeniesTheSession()
    {
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        await using var proxy = new CuttableProxy(address.Servers[0].Port);
        await using var client = Client.Open(address with { Servers = [proxy.Address] });
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);
        var (_, gone) = await other.ExistsAndWatchAsync("/short", Client.Token);

        proxy.HoldAnswers();
        var close = client.CloseAsync(Client.Token);
        await gone;
        proxy.Cut();
        proxy.Heal();
        await close;

        Assert.Equal(SessionState.Closed, client.State);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Close_GivenUp_IsClosedAndWaitingRequestsFail()
    {
        var address = await server.AddressAsync();
        await using var proxy = new CuttableProxy(address.Servers[0].Port);
        await using var client = Client.Open(address with { Servers = [proxy.Address], Chroot = "/" });
        await client.WaitConnectedAsync(Client.Token);
        proxy.Cut();
        await client.WaitForAsync(SessionState.Disconnected);
        var waiting = client.GetAsync("/", Client.Token);

        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.CloseAsync(patience.Token));

        Assert.Equal(SessionState.Closed, client.State);
        Assert.Equal(ZooKeeperError.Closed, await Client.ErrorOfAsync(waiting));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Close_NeverConnected_IsAtOnce()
    {
        var nobody = new ServerAddress("127.0.0.1", FreePort.Next());
        await using var client = Client.Open(nobody, timeoutSeconds: 600);
        var waiting = client.GetAsync("/", Client.Token);

        await client.CloseAsync(Client.Token).WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(ZooKeeperError.Closed, await Client.ErrorOfAsync(waiting));
        Assert.Equal(SessionState.Closed, client.State);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task ServerBehind_IsRefusedAndTheSessionGoesOnElsewhere()
    {
        // The second server is another, empty one. It has not seen what the client has, so it must not get to say
        // that the session does not exist.
        var address = await server.AddressAsync();
        await using var other = await SharedServer.OpenAsync(address);
        await using var behind = await ZooKeeperServer.StartAloneAsync();
        await using var good = new CuttableProxy(address.Servers[0].Port);
        await using var wrong = new CuttableProxy(behind.Port);
        wrong.Cut();
        await using var client = Client.Open(address with { Servers = [good.Address, wrong.Address] });
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);
        for (var i = 0; i < 20; i++) await client.SetAsync("/short", $"{i}");
        var session = client.SessionId;
        var tried = wrong.Accepted;

        wrong.Heal();
        good.Cut();
        await client.WaitForAsync(SessionState.Disconnected);
        await Wait.UntilAsync(() => wrong.Accepted > tried + 1);
        Assert.Equal(SessionState.Disconnected, client.State);
        good.Heal();
        await client.WaitForAsync(SessionState.Connected);

        Assert.Equal(session, client.SessionId);
        Assert.Equal(session, (await other.ExistsAsync("/short", Client.Token))?.EphemeralOwner);
    }
}
