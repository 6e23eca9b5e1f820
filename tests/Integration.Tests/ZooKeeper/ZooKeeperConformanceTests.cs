using Chronos.Runtime.Ports;
using Chronos.Storage.ZooKeeper;
using Chronos.Testing.Elections;
using Chronos.Testing.Storage;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

public sealed class ZooKeeperStateStoreTests(SharedServer server) : StateStoreConformance, IClassFixture<SharedServer>,
    IAsyncDisposable
{
    private readonly MemoryRunHistory history = new();
    private ZooKeeperAddress? address;

    public ValueTask DisposeAsync() => history.DisposeAsync();

    protected override async Task<OpenedStore> OpenAsync()
    {
        await server.StartAsync();
        address ??= await server.AddressAsync();
        var store = ZooKeeperStateStore.Create(new() { Address = address }, history, NullLoggerFactory.Instance);
        return new(store, history, store.DisposeAsync);
    }
}

public sealed class ZooKeeperElectionTests(SharedServer server)
    : LeaderElectionConformance, IClassFixture<SharedServer>
{
    private ZooKeeperAddress? address;

    protected override async Task<ElectionCandidate> JoinAsync(string name, TimeSpan lease)
    {
        var real = await server.StartAsync();
        address ??= await server.AddressAsync();
        var proxy = new CuttableProxy(real.Port);
        var options = new ZooKeeperOptions
        {
            Address = address with { Servers = [proxy.Address] }, SessionTimeout = lease,
        };
        var member = new ClusterMember(name, $"http://{name}:8080", "1.0.0");
        var election = new ZooKeeperElection(options, member, NullLoggerFactory.Instance);
        return new(election, member, proxy.Cut, proxy.Heal, proxy.DisposeAsync);
    }

    protected override async Task<IStateStore> OpenStoreAsync()
    {
        address ??= await server.AddressAsync();
        return ZooKeeperStateStore.Create(
            new() { Address = address }, new MemoryRunHistory(), NullLoggerFactory.Instance);
    }
}
