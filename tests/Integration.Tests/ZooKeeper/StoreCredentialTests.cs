using System.Text;
using Chronos.Runtime.Ports;
using Chronos.Storage.ZooKeeper;
using Chronos.Testing.Storage;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Chronos.Integration.Tests.Stores.JobCommits;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>What a server's user and lease mean to ZooKeeper.</summary>
public sealed class StoreCredentialTests(SharedServer server) : IClassFixture<SharedServer>
{
    private static readonly ClusterMember Self = new("a", "http://a:8080", "1.0.0");

    [Fact]
    public async Task Store_WithUser_BelongsToThatUserAlone()
    {
        await server.StartAsync();
        var open = await server.AddressAsync();
        var address = open with { Credential = Credential.Digest("ann", "s3cret") };
        await using var election = new ZooKeeperElection(
            new() { Address = address, SessionTimeout = TimeSpan.FromSeconds(30) }, Self, NullLoggerFactory.Instance);
        await using var store = Open(address);
        await using var same = Open(address);
        await using var wrong = Open(open with { Credential = Credential.Digest("ann", "wrong") });
        await using var anybody = Open(open);

        var term = await election.CampaignAsync(Client.Token);
        await election.RenewAsync(term, Client.Token);
        await LoadAsync(store, term);
        await store.CommitAsync(new(1, term, [Unit("job", 10), Unit("large", 2_000_000)]), Client.Token);

        Assert.Equal(["job", "large"], await LoadAsync(same, term));
        foreach (var other in (IStateStore[])[wrong, anybody])
        {
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => LoadAsync(other, term + 1));
            Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
        }

        await using var stranger = Client.Open(open);
        foreach (var path in (string[])["/fence", "/leader", "/members/a", "/parts", "/states/00", "/definitions"])
            Assert.Equal(ZooKeeperError.NoAuth, await Client.ErrorOfAsync(stranger.GetAsync(path, Client.Token)));
    }

    /// <summary>A leader that trusted a lease longer than its session would go on beside the next one.</summary>
    [Fact]
    public async Task Campaign_LeaseIsLongerThanServersAllow_IsRefused()
    {
        await server.StartAsync();
        await using var election = new ZooKeeperElection(
            new() { Address = await server.AddressAsync(), SessionTimeout = TimeSpan.FromMinutes(2) }, Self,
            NullLoggerFactory.Instance);

        var failure = await Assert.ThrowsAsync<StoreCorruptException>(() => election.CampaignAsync(Client.Token));

        Assert.Contains("maxSessionTimeout", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Somebody deletes everything under a running leader.</summary>
    [Fact]
    public async Task Commit_EverythingWasDeleted_IsFencedAndLoadedAnew()
    {
        await server.StartAsync();
        var address = await server.AddressAsync();
        await using var store = Open(address);
        await LoadAsync(store, 1);
        await store.CommitAsync(new(1, 1, [Unit("job", 10)]), Client.Token);
        await using var operations = Client.Open(address);
        await DeleteBelowAsync(operations, "/");

        await Assert.ThrowsAsync<StoreFencedException>(
            () => store.CommitAsync(new(2, 1, [Unit("next", 10)]), Client.Token));

        Assert.Empty(await LoadAsync(store, 1));
    }

    private static async Task DeleteBelowAsync(ZooKeeperClient client, string path)
    {
        foreach (var name in (await client.ChildrenAsync(path, Client.Token)).Names)
        {
            var child = path == "/" ? "/" + name : $"{path}/{name}";
            await DeleteBelowAsync(client, child);
            await client.DeleteAsync(child, ZooKeeperClient.AnyVersion, Client.Token);
        }
    }

    private static IStateStore Open(ZooKeeperAddress address) =>
        ZooKeeperStateStore.Create(new() { Address = address }, new MemoryRunHistory(), NullLoggerFactory.Instance);

    private static CommitUnit Unit(string name, int bytes) =>
        new([new(new(DocumentKind.State, name), Encoding.UTF8.GetBytes($"\"{new string('x', bytes)}\""))], []);
}
