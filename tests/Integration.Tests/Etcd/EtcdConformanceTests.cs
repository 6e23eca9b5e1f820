using Chronos.Integration.Tests.ZooKeeper;
using Chronos.Runtime.Ports;
using Chronos.Storage.Etcd;
using Chronos.Testing.Elections;
using Chronos.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Chronos.Integration.Tests.Etcd;

public sealed class EtcdStateStoreTests(SharedEtcd etcd) : StateStoreConformance, IClassFixture<SharedEtcd>,
    IAsyncDisposable
{
    private readonly string prefix = SharedEtcd.NewPrefix();
    private readonly MemoryRunHistory history = new();

    public ValueTask DisposeAsync() => history.DisposeAsync();

    protected override Task<OpenedStore> OpenAsync()
    {
        var store = EtcdStateStore.Create(etcd.Options(prefix), history);
        return Task.FromResult(new OpenedStore(store, history, store.DisposeAsync));
    }
}

public sealed class EtcdElectionTests(SharedEtcd etcd) : LeaderElectionConformance, IClassFixture<SharedEtcd>
{
    private readonly string prefix = SharedEtcd.NewPrefix();

    protected override Task<ElectionCandidate> JoinAsync(string name, TimeSpan lease)
    {
        var proxy = new CuttableProxy(etcd.Server.Port);
        var options = new EtcdOptions { Endpoints = [new($"http://{proxy.Address}")], Prefix = prefix };
        var member = new ClusterMember(name, $"http://{name}:8080", "1.0.0");
        var election = new EtcdElection(options, member, lease, NullLogger<EtcdElection>.Instance);
        return Task.FromResult(new ElectionCandidate(election, member, proxy.Cut, proxy.Heal, proxy.DisposeAsync));
    }

    protected override Task<IStateStore> OpenStoreAsync() =>
        Task.FromResult(EtcdStateStore.Create(etcd.Options(prefix), new MemoryRunHistory()));
}
