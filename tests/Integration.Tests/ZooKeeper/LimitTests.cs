using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Large nodes, large answers, and many requests at once.</summary>
public sealed class LimitTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact(Timeout = Client.TestTimeout)]
    public async Task Content_NearOneMegabyte_IsWrittenAndRead()
    {
        await using var client = await server.OpenAsync();
        var content = new byte[1_040_000];
        Random.Shared.NextBytes(content);

        await client.CreateAsync("/large", content, CreateMode.Persistent, Acl.Open, Client.Token);
        var reads = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetAsync("/large", Client.Token)));

        Assert.All(reads, r => Assert.True(r.Content.Span.SequenceEqual(content)));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Request_AsLargeAsServersTake_IsTakenAndOneByteMoreIsNotSent()
    {
        // Besides path and content, a request to set has 20 bytes: its id and kind, two lengths, and the version.
        var address = await server.AddressAsync();
        await using var client = await SharedServer.OpenAsync(address);
        await client.CreateAsync("/large");
        var most = 1_048_575 - 20 - address.Chroot.Length - "/large".Length;

        await client.SetAsync("/large", new byte[most], ZooKeeperClient.AnyVersion, Client.Token);
        var exception = await Assert.ThrowsAsync<ZooKeeperException>(() =>
            client.SetAsync("/large", new byte[most + 1], ZooKeeperClient.AnyVersion, Client.Token));

        Assert.Equal((ZooKeeperError.RequestTooLarge, "/large"), (exception.Error, exception.Path));
        Assert.Contains("1048576 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Contains("jute.maxbuffer", exception.Message, StringComparison.Ordinal);
        Assert.Equal(most, (await client.ExistsAsync("/large", Client.Token))?.LengthBytes);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Reply_TooLarge_FailsAloneAndTheConnectionGoesOn()
    {
        var address = await server.AddressAsync();
        await using var client = Client.Open(new ZooKeeperOptions { Address = address, ReplyBytesMax = 4_096 });
        await client.EnsureAsync("/", Acl.Open, Client.Token);
        await client.CreateAsync("/large", new byte[500_000], CreateMode.Persistent, Acl.Open, Client.Token);
        await client.CreateAsync("/small", "small");

        var before = client.TextAsync("/small");
        var large = client.GetAsync("/large", Client.Token);
        var after = client.TextAsync("/small");

        var exception = await Assert.ThrowsAsync<ZooKeeperException>(() => large);
        Assert.Equal((ZooKeeperError.ReplyTooLarge, "/large"), (exception.Error, exception.Path));
        Assert.Contains("ReplyBytesMax", exception.Message, StringComparison.Ordinal);
        Assert.Equal(("small", "small"), (await before, await after));
        Assert.Equal(SessionState.Connected, client.State);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Pipelining_TwentyThousandGets_AnswerEachItsOwn()
    {
        const int count = 20_000;
        await using var client = await server.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => client.CreateAsync($"/node-{i}", $"content {i}")));

        var texts = await Task.WhenAll(Enumerable.Range(0, count).Select(i => client.TextAsync($"/node-{i % 100}")));

        Assert.All(texts.Index(), t => Assert.Equal($"content {t.Index % 100}", t.Item));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Order_OfCalls_IsTheOrderOfChanges()
    {
        await using var client = await server.OpenAsync();
        await client.CreateAsync("/node");

        var stats = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => client.SetAsync("/node", $"{i}")));

        Assert.Equal(Enumerable.Range(1, 1_000), stats.Select(s => s.Version));
        Assert.Equal("999", await client.TextAsync("/node"));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Waiting_MoreThanAllowed_IsRefused()
    {
        var nobody = new ServerAddress("127.0.0.1", FreePort.Next());
        await using var client = Client.Open(new ZooKeeperOptions
        {
            Address = new([nobody], "/", Credential: null),
            WaitingMax = 3,
        });

        var waiting = Enumerable.Range(0, 3).Select(_ => client.GetAsync("/", Client.Token)).ToList();
        var refused = await Client.ErrorOfAsync(client.GetAsync("/", Client.Token));

        Assert.Equal(ZooKeeperError.TooManyRequests, refused);
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
    }
}
