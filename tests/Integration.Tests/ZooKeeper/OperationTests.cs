using System.Text;
using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Every request against a real server, and the errors it can meet.</summary>
public sealed class OperationTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact(Timeout = Client.TestTimeout)]
    public async Task Create_EachMode_LivesAndIsNamedAccordingly()
    {
        var address = await server.AddressAsync();
        var client = await SharedServer.OpenAsync(address);
        await using var other = Client.Open(address);

        var persistent = await client.CreateAsync("/a");
        var ephemeral = await client.CreateAsync("/b", mode: CreateMode.Ephemeral);
        var first = await client.CreateAsync("/c-", mode: CreateMode.PersistentSequential);
        var second = await client.CreateAsync("/c-", mode: CreateMode.EphemeralSequential);

        Assert.Equal(("/a", "/b"), (persistent, ephemeral));
        Assert.Matches("^/c-[0-9]{10}$", first);
        Assert.True(string.CompareOrdinal(first, second) < 0);
        Assert.Equal(client.SessionId, (await other.ExistsAsync("/b", Client.Token))?.EphemeralOwner);
        Assert.Equal(client.SessionId, (await other.ExistsAsync(second, Client.Token))?.EphemeralOwner);

        await client.CloseAsync(Client.Token);
        Assert.Equal(["a", first[1..]], (await other.ChildrenAsync("/", Client.Token)).Names.Order());
        await client.DisposeAsync();
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Create_SequentialWithEmptyName_IsTheNumber()
    {
        await using var client = await server.OpenAsync();

        Assert.Equal("/0000000000", await client.CreateAsync("/", mode: CreateMode.PersistentSequential));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Get_Content_IsWhatWasSet()
    {
        await using var client = await server.OpenAsync();
        var before = DateTimeOffset.UtcNow.AddSeconds(-5);
        await client.CreateAsync("/node", "first");

        var changed = await client.SetAsync("/node", "second");
        var read = await client.GetAsync("/node", Client.Token);

        Assert.Equal("second", Encoding.UTF8.GetString(read.Content.Span));
        Assert.Equal(changed, read.Stat);
        Assert.Equal((1, 0, 0L, 6), (read.Stat.Version, read.Stat.ChildrenCount, read.Stat.EphemeralOwner,
            read.Stat.LengthBytes));
        Assert.True(read.Stat.ModifiedZxid > read.Stat.CreatedZxid);
        Assert.InRange(read.Stat.CreatedAt, before, DateTimeOffset.UtcNow.AddSeconds(5));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Get_EmptyContent_IsEmpty()
    {
        await using var client = await server.OpenAsync();
        await client.CreateAsync("/node");

        Assert.Equal("", await client.TextAsync("/node"));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Exists_TellsStatOrNull()
    {
        await using var client = await server.OpenAsync();
        await client.CreateAsync("/node", "12345");

        Assert.Equal(5, (await client.ExistsAsync("/node", Client.Token))?.LengthBytes);
        Assert.Null(await client.ExistsAsync("/other", Client.Token));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Children_Names_AreWithoutPathAndStatIsTheParents()
    {
        await using var client = await server.OpenAsync();
        foreach (var name in new[] { "/p", "/p/x", "/p/y" }) await client.CreateAsync(name);

        var children = await client.ChildrenAsync("/p", Client.Token);

        Assert.Equal(["x", "y"], children.Names.Order());
        Assert.Equal((2, 2), (children.Stat.ChildrenCount, children.Stat.ChildrenVersion));
        Assert.Empty((await client.ChildrenAsync("/p/x", Client.Token)).Names);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Delete_Node_IsGone()
    {
        await using var client = await server.OpenAsync();
        await client.CreateAsync("/node");

        await client.DeleteAsync("/node", version: 0, Client.Token);

        Assert.Null(await client.ExistsAsync("/node", Client.Token));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Sync_Succeeds()
    {
        await using var client = await server.OpenAsync();

        await client.SyncAsync("/", Client.Token);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Requests_Refused_TellTheErrorAndThePath()
    {
        await using var client = await server.OpenAsync();
        await client.CreateAsync("/node");
        await client.CreateAsync("/node/child");
        await client.CreateAsync("/short", mode: CreateMode.Ephemeral);

        (ZooKeeperError Error, Task Request)[] requests =
        [
            (ZooKeeperError.NodeExists, client.CreateAsync("/node")),
            (ZooKeeperError.NoNode, client.CreateAsync("/none/child")),
            (ZooKeeperError.NoChildrenForEphemerals, client.CreateAsync("/short/child")),
            (ZooKeeperError.InvalidAcl, client.CreateAsync("/x", default, CreateMode.Persistent, [], Client.Token)),
            (ZooKeeperError.InvalidAcl,
                client.CreateAsync("/x", default, CreateMode.Persistent, Acl.CreatorOnly, Client.Token)),
            (ZooKeeperError.NoNode, client.GetAsync("/none", Client.Token)),
            (ZooKeeperError.NoNode, client.SetAsync("/none", "")),
            (ZooKeeperError.BadVersion, client.SetAsync("/node", default, version: 7, Client.Token)),
            (ZooKeeperError.NoNode, client.ChildrenAsync("/none", Client.Token)),
            (ZooKeeperError.NoNode, client.DeleteAsync("/none", ZooKeeperClient.AnyVersion, Client.Token)),
            (ZooKeeperError.BadVersion, client.DeleteAsync("/node/child", version: 7, Client.Token)),
            (ZooKeeperError.NotEmpty, client.DeleteAsync("/node", ZooKeeperClient.AnyVersion, Client.Token)),
            (ZooKeeperError.NoNode, client.GetPermissionsAsync("/none", Client.Token)),
            (ZooKeeperError.NoNode,
                client.SetPermissionsAsync("/none", Acl.Open, ZooKeeperClient.AnyVersion, Client.Token)),
            (ZooKeeperError.BadVersion, client.SetPermissionsAsync("/node", Acl.Open, aclVersion: 7, Client.Token)),
            (ZooKeeperError.NoNode, client.GetAndWatchAsync("/none", Client.Token)),
            (ZooKeeperError.NoNode, client.ChildrenAndWatchAsync("/none", Client.Token)),
        ];

        foreach (var (error, request) in requests)
        {
            var exception = await Assert.ThrowsAsync<ZooKeeperException>(() => request);
            Assert.Equal(error, exception.Error);
            Assert.StartsWith("/", exception.Path, StringComparison.Ordinal);
            Assert.Contains($"'{exception.Path}'", exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(SessionState.Connected, client.State);
    }

    [Theory(Timeout = Client.TestTimeout)]
    [InlineData("/größe")]
    [InlineData("/日本語/ノード")]
    [InlineData("/with space/and.dot")]
    [InlineData("/...")]
    public async Task Paths_Unicode_ComeBackAsTheyWere(string path)
    {
        await using var client = await server.OpenAsync();

        await client.EnsureAsync(path, Acl.Open, Client.Token);

        var parent = path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "/";
        Assert.Equal([path[(path.LastIndexOf('/') + 1)..]], (await client.ChildrenAsync(parent, Client.Token)).Names);
        Assert.NotNull(await client.ExistsAsync(path, Client.Token));
    }

    [Theory(Timeout = Client.TestTimeout)]
    [InlineData("", "begin with '/'")]
    [InlineData("a", "begin with '/'")]
    [InlineData("/a/", "end with '/'")]
    [InlineData("/a//b", "'//'")]
    [InlineData("/a/./b", "'.'")]
    [InlineData("/a/..", "'..'")]
    [InlineData("/a\u0001", "U+0001 at position 2")]
    [InlineData("/a\ufff0", "U+FFF0")]
    [InlineData("/😀", "U+D83D")]
    public async Task Paths_Invalid_AreRefusedWithTheRuleAndWithoutAServer(string path, string rule)
    {
        await using var client = await server.OpenAsync();

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => client.GetAsync(path, Client.Token));

        Assert.Contains(rule, exception.Message, StringComparison.Ordinal);
        Assert.Equal(SessionState.Connected, client.State);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Ensure_Twice_LeavesWhatIsThere()
    {
        await using var client = await server.OpenAsync();

        await client.EnsureAsync("/a/b/c", Acl.Open, Client.Token);
        await client.SetAsync("/a/b", "kept");
        await client.EnsureAsync("/a/b/c/d", Acl.Open, Client.Token);

        Assert.Equal("kept", await client.TextAsync("/a/b"));
        Assert.NotNull(await client.ExistsAsync("/a/b/c/d", Client.Token));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Chroot_Paths_AreBelowItAndResultsWithoutIt()
    {
        var address = await server.AddressAsync();
        await using var inside = Client.Open(address);
        await using var outside = Client.Open(address.Servers[0]);

        var missing = await Client.ErrorOfAsync(inside.CreateAsync("/x"));
        await inside.EnsureAsync("/", Acl.Open, Client.Token);
        var (_, created) = await inside.ExistsAndWatchAsync("/x", Client.Token);
        var (_, changed) = await inside.ChildrenAndWatchAsync("/", Client.Token);
        var path = await inside.CreateAsync("/x", "content");

        Assert.Equal(ZooKeeperError.NoNode, missing);
        Assert.Equal("/x", path);
        Assert.Equal("content", await outside.TextAsync(address.Chroot + "/x"));
        Assert.Equal(new WatchEvent(WatchEventKind.Created, "/x"), await created);
        Assert.Equal(new WatchEvent(WatchEventKind.ChildrenChanged, "/"), await changed);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Cancel_BeforeItIsSent_NeverHappens()
    {
        await using var client = await server.OpenAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.CreateAsync("/node", default, CreateMode.Persistent, Acl.Open, cancelled.Token));

        Assert.Null(await client.ExistsAsync("/node", Client.Token));
    }
}
