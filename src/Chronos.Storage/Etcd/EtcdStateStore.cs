using Chronos.Runtime.Ports;
using Chronos.Storage.KeyValues;

namespace Chronos.Storage.Etcd;

/// <summary>The state store of a cluster over etcd. How it keeps units whole is told at
/// <see cref="KeyValueStateStore"/>.</summary>
public static class EtcdStateStore
{
    /// <summary>A store; nothing is asked of etcd until it is used.</summary>
    /// <param name="options">Where etcd is.</param>
    /// <param name="history">Takes the records of units, before the units are committed.</param>
    public static IStateStore Create(EtcdOptions options, IRunHistory history) =>
        new KeyValueStateStore(new EtcdKeyValues(options), history);
}
