namespace Chronos.Server.Hosting;

/// <summary>What keeps the state, and where.</summary>
/// <param name="Kind">The kind of store.</param>
/// <param name="Address">A folder, or an address without credentials.</param>
public sealed record StorePlace(StoreKind Kind, string Address);

/// <summary>Kinds of stores.</summary>
public enum StoreKind
{
    /// <summary>A file on this machine.</summary>
    Sqlite,

    /// <summary>etcd.</summary>
    Etcd,

    /// <summary>ZooKeeper.</summary>
    ZooKeeper,

    /// <summary>PostgreSQL.</summary>
    PostgreSql,
}
