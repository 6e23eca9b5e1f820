using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>One server for the tests of a class that do it no harm; each works below a node of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private readonly Lazy<Task<ZooKeeperServer>> server = new(() => ZooKeeperServer.StartAloneAsync());

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (server.IsValueCreated && server.Value.IsCompletedSuccessfully) await (await server.Value).DisposeAsync();
    }

    internal Task<ZooKeeperServer> StartAsync() => server.Value;

    /// <summary>A client confined to a new node.</summary>
    internal async Task<ZooKeeperClient> OpenAsync() => await OpenAsync(await AddressAsync());

    /// <summary>A client confined to a node, which is created.</summary>
    internal static async Task<ZooKeeperClient> OpenAsync(ZooKeeperAddress address)
    {
        var client = Client.Open(address);
        await client.EnsureAsync("/", Acl.Open, Client.Token);
        return client;
    }

    /// <summary>An address with a new node, which does not exist yet, as its chroot.</summary>
    internal async Task<ZooKeeperAddress> AddressAsync() =>
        new([(await server.Value).Address], "/test-" + Guid.NewGuid().ToString("N")[..12], Credential: null);
}
