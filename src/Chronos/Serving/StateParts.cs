using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Chronos.Storage.Etcd;
using Chronos.Storage.PostgreSql;
using Chronos.Storage.Sqlite;
using Chronos.Storage.ZooKeeper;

namespace Chronos.Serving;

/// <summary>What keeps the state: the store, the history of runs, and the election of who may write.</summary>
/// <param name="Store">The store.</param>
/// <param name="History">The history that gets its records.</param>
/// <param name="Election">The part of this process in the election.</param>
/// <param name="Database">What is shared by the three and closed with them; null: nothing.</param>
public sealed record StateParts(
    IStateStore Store, IRunHistory History, ILeaderElection Election, IAsyncDisposable? Database) : IAsyncDisposable
{
    /// <summary>Makes the parts; nothing is asked of servers yet.</summary>
    /// <param name="settings">Where the state is.</param>
    /// <param name="local">The data folder, where it has a part in it; closed by the caller. Null: with PostgreSQL.
    /// </param>
    /// <param name="self">This process.</param>
    /// <param name="loggers">Of all parts.</param>
    public static StateParts Over(
        StateSettings settings, SqliteDatabase? local, ClusterMember self, ILoggerFactory loggers)
    {
        if (settings.PostgreSql is { } server)
        {
            var shared = new PostgreSqlDatabase(server);
            return new(
                new PostgreSqlStateStore(shared), new PostgreSqlRunHistory(shared),
                new PostgreSqlElection(shared, self, settings.Lease), shared);
        }

        ArgumentNullException.ThrowIfNull(local);
        var history = new SqliteRunHistory(local);
        if (settings.Etcd is { } etcd)
            return new(
                EtcdStateStore.Create(etcd, history), history,
                new EtcdElection(etcd, self, settings.Lease, loggers.CreateLogger<EtcdElection>()), Database: null);
        if (settings.ZooKeeper is { } ensemble)
            return new(
                ZooKeeperStateStore.Create(ensemble, history, loggers), history,
                new ZooKeeperElection(ensemble, self, loggers), Database: null);
        var store = new SqliteStateStore(local);
        return new(store, history, new SoleElection(store, self), Database: null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Election.DisposeAsync();
        await Store.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
    }
}
