using System.Diagnostics;
using Chronos.Testing;
using Chronos.ZooKeeper;
using Chronos.ZooKeeper.Protocol;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Peers that break the protocol, or are none of its servers.</summary>
public sealed class BadServerTests
{
    [Fact(Timeout = Client.TestTimeout)]
    public async Task Silent_FromTheStart_IsLeftForAServerThatAnswers()
    {
        await using var silent = new BadServer(_ => Task.Delay(Timeout.Infinite));
        await using var good = new BadServer(GoodAsync);
        var started = Stopwatch.GetTimestamp();

        for (var i = 0; i < 4; i++) // the order is random
        {
            var address = new ZooKeeperAddress([silent.Address, good.Address], "/", Credential: null);
            await using var client = Client.Open(address, timeoutSeconds: 1);
            await client.GetAsync("/", Client.Token);
        }

        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 10);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Silent_AfterRefusals_IsLeftInTimeForTheSession()
    {
        // A server that starts refuses clients, and may then forget one of them without a word.
        var timeout = TimeSpan.FromSeconds(8);
        var connections = 0;
        await using var server = new BadServer(stream => Interlocked.Increment(ref connections) switch
        {
            1 => BadServer.OpenSessionAsync(stream, (int)timeout.TotalMilliseconds),
            <= 4 => Task.CompletedTask,
            5 => Task.Delay(Timeout.Infinite),
            _ => GoodAsync(stream),
        });
        var started = Stopwatch.GetTimestamp();
        await using var client = Client.Open(server.Address, timeout.TotalSeconds);

        await Wait.UntilAsync(() => server.Accepted > 5);
        await client.GetAsync("/", Client.Token);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, timeout);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public Task Garbage_AsAnAnswer_FailsTheRequestAndConnectsAgain() => FailsOnceAsync(
        (stream, xid) => BadServer.AnswerAsync(stream, xid, body => body.WriteInt(1_000_000)));

    [Fact(Timeout = Client.TestTimeout)]
    public Task Answer_ToAnotherRequest_IsNotTaken() => FailsOnceAsync(
        (stream, xid) => BadServer.AnswerAsync(stream, xid + 1, WriteContent));

    [Fact(Timeout = Client.TestTimeout)]
    public async Task OtherProtocol_IsNeverConnected()
    {
        await using var server = new BadServer(async stream =>
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()));
        await using var client = Client.Open(server.Address, timeoutSeconds: 1);

        await Wait.UntilAsync(() => server.Accepted > 2);

        Assert.Equal(SessionState.Connecting, client.State);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Closing_AfterEachOpening_IsNotHammered()
    {
        await using var server = new BadServer(stream => BadServer.OpenSessionAsync(stream));
        var started = Stopwatch.GetTimestamp();
        await using var client = Client.Open(server.Address);

        await Wait.UntilAsync(() => server.Accepted >= 5);

        // Pauses of at least 50, 100, 200 and 400 ms.
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromMilliseconds(700));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Reader_ThatStops_IsLeftWhileTheClientWrites()
    {
        // The server stops reading, so the client's write blocks for ever. Only the clock can end that.
        await using var server = new BadServer(async stream =>
        {
            await BadServer.OpenSessionAsync(stream, timeoutMilliseconds: 1_500);
            await Task.Delay(Timeout.Infinite);
        });
        await using var client = Client.Open(server.Address, timeoutSeconds: 1.5);
        await client.WaitConnectedAsync(Client.Token);
        var started = Stopwatch.GetTimestamp();

        var writes = Enumerable.Range(0, 40)
            .Select(_ => client.SetAsync("/", new byte[1_000_000], ZooKeeperClient.AnyVersion, Client.Token)).ToList();
        var error = await Client.ErrorOfAsync(writes[0]);

        Assert.Equal(ZooKeeperError.ConnectionLoss, error);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0.5, 20);
    }

    private static async Task FailsOnceAsync(Func<Stream, int, Task> answerBadlyAsync)
    {
        var connections = 0;
        await using var server = new BadServer(async stream =>
        {
            if (Interlocked.Increment(ref connections) > 1)
            {
                await GoodAsync(stream);
                return;
            }

            await BadServer.OpenSessionAsync(stream);
            var xid = await BadServer.ReadAsync(stream);
            await answerBadlyAsync(stream, xid);
            await Task.Delay(Timeout.Infinite);
        });
        await using var client = Client.Open(server.Address);

        Assert.Equal(ZooKeeperError.ConnectionLoss, await Client.ErrorOfAsync(client.GetAsync("/", Client.Token)));
        await client.GetAsync("/", Client.Token);
    }

    private static async Task GoodAsync(Stream stream)
    {
        await BadServer.OpenSessionAsync(stream);
        while (true) await BadServer.AnswerAsync(stream, await BadServer.ReadAsync(stream), WriteContent);
    }

    private static void WriteContent(JuteWriter writer)
    {
        writer.WriteBuffer([]);
        for (var i = 0; i < 4; i++) writer.WriteLong(0);
        for (var i = 0; i < 3; i++) writer.WriteInt(0);
        writer.WriteLong(0);
        for (var i = 0; i < 2; i++) writer.WriteInt(0);
        writer.WriteLong(0);
    }
}
