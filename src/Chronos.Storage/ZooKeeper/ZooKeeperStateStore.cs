using Chronos.Runtime.Ports;
using Chronos.Storage.KeyValues;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging;

namespace Chronos.Storage.ZooKeeper;

/// <summary>The state store of a cluster over ZooKeeper. How it keeps units whole is told at
/// <see cref="KeyValueStateStore"/>.</summary>
public static class ZooKeeperStateStore
{
    /// <summary>A store; it connects when it is used.</summary>
    /// <param name="options">Where the servers are, and below which node everything is.</param>
    /// <param name="history">Takes the records of units, before the units are committed.</param>
    /// <param name="loggers">Of sessions.</param>
    public static IStateStore Create(ZooKeeperOptions options, IRunHistory history, ILoggerFactory loggers) =>
        new KeyValueStateStore(new ZooKeeperKeyValues(options, loggers), history);
}
