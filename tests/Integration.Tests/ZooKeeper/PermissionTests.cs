using Chronos.Testing;
using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Credentials and permissions.</summary>
public sealed class PermissionTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact(Timeout = Client.TestTimeout)]
    public async Task CreatorOnly_Others_AreRefused()
    {
        var address = await server.AddressAsync();
        await using var anybody = await SharedServer.OpenAsync(address);
        await using var owner = Client.Open(address with { Credential = Credential.Digest("ann", "se:cret") });
        await using var same = Client.Open(address with { Credential = Credential.Digest("ann", "se:cret") });
        await using var wrong = Client.Open(address with { Credential = Credential.Digest("ann", "other") });

        await owner.CreateAsync("/mine", "x"u8.ToArray(), CreateMode.Persistent, Acl.CreatorOnly, Client.Token);

        Assert.Equal("x", await owner.TextAsync("/mine"));
        Assert.Equal("x", await same.TextAsync("/mine"));
        Assert.Equal(ZooKeeperError.NoAuth, await Client.ErrorOfAsync(wrong.GetAsync("/mine", Client.Token)));
        Assert.Equal(ZooKeeperError.NoAuth, await Client.ErrorOfAsync(anybody.GetAsync("/mine", Client.Token)));
        Assert.Equal(ZooKeeperError.NoAuth, await Client.ErrorOfAsync(anybody.SetAsync("/mine", "y")));
        Assert.Equal(ZooKeeperError.NoAuth, await Client.ErrorOfAsync(anybody.CreateAsync("/mine/child")));
        Assert.Equal(ZooKeeperError.NoAuth, await Client.ErrorOfAsync(anybody.ChildrenAsync("/mine", Client.Token)));
        Assert.Equal(ZooKeeperError.NoAuth, await Client.ErrorOfAsync(
            anybody.MultiAsync([Operation.Set("/mine", default, ZooKeeperClient.AnyVersion)], Client.Token)));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Permissions_SetAndRead_AreTheSame()
    {
        await using var client = await server.OpenAsync();
        await client.CreateAsync("/node");
        Acl[] wanted =
        [
            new(Permissions.Read | Permissions.Admin, "world", "anyone"),
            Acl.Digest(Permissions.All, "ann", "secret"),
        ];

        var stat = await client.SetPermissionsAsync("/node", wanted, aclVersion: 0, Client.Token);
        var read = await client.GetPermissionsAsync("/node", Client.Token);

        Assert.Equal(wanted.Order(Comparer<Acl>.Create((a, b) => string.CompareOrdinal(a.Id, b.Id))),
            read.Entries.Order(Comparer<Acl>.Create((a, b) => string.CompareOrdinal(a.Id, b.Id))));
        Assert.Equal(1, stat.AclVersion);
        Assert.Equal(ZooKeeperError.NoAuth, await Client.ErrorOfAsync(client.SetAsync("/node", "x")));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Digest_OfThePermissions_IsTheOneOfTheCredential()
    {
        var address = await server.AddressAsync();
        await using var anybody = await SharedServer.OpenAsync(address);
        await using var ann = Client.Open(address with { Credential = Credential.Digest("ann", "pässword") });

        await anybody.CreateAsync("/for-ann", default, CreateMode.Persistent,
            [Acl.Digest(Permissions.All, "ann", "pässword")], Client.Token);

        Assert.Equal("", await ann.TextAsync("/for-ann"));
        Assert.Equal(ZooKeeperError.NoAuth, await Client.ErrorOfAsync(anybody.GetAsync("/for-ann", Client.Token)));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Ensure_UpperNodesMayNotBeChanged_CreatesWhatIsMissing()
    {
        var address = await server.AddressAsync();
        var ann = Credential.Digest("ann", "secret");
        await using var anybody = await SharedServer.OpenAsync(address);
        await using var owner = Client.Open(address with { Credential = ann });
        await owner.CreateAsync("/locked", default, CreateMode.Persistent, Acl.CreatorOnly, Client.Token);
        await owner.CreateAsync("/locked/open", default, CreateMode.Persistent, Acl.Open, Client.Token);

        await anybody.EnsureAsync("/locked/open/a/b", Acl.Open, Client.Token);

        Assert.NotNull(await anybody.ExistsAsync("/locked/open/a/b", Client.Token));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Credential_ConnectionLost_IsSentAgain()
    {
        var address = await server.AddressAsync();
        await using var anybody = await SharedServer.OpenAsync(address);
        await using var proxy = new CuttableProxy(address.Servers[0].Port);
        await using var owner = Client.Open(
            address with { Servers = [proxy.Address], Credential = Credential.Digest("ann", "secret") });
        await owner.CreateAsync("/mine", "x"u8.ToArray(), CreateMode.Persistent, Acl.CreatorOnly, Client.Token);

        proxy.Break();
        await Wait.UntilAsync(() => proxy.Accepted == 2 && owner.State == SessionState.Connected);

        Assert.Equal("x", await owner.TextAsync("/mine"));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Credential_UnknownScheme_EndsAsAuthFailed()
    {
        var address = await server.AddressAsync();
        await using var client = Client.Open(address with { Credential = new("nonsense", new byte[] { 1 }) });

        var error = await Client.ErrorOfAsync(client.GetAsync("/", Client.Token));

        Assert.Equal(ZooKeeperError.AuthFailed, error);
        Assert.Equal(SessionState.AuthFailed, client.State);
        Assert.Equal(ZooKeeperError.AuthFailed, await Client.ErrorOfAsync(client.WaitConnectedAsync(Client.Token)));
    }
}
