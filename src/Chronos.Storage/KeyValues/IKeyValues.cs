namespace Chronos.Storage.KeyValues;

/// <summary>A store of small values with small transactions, such as etcd or ZooKeeper. One value, the fence, says who
/// may write: every write names the version of the fence that it relies on. One caller at a time writes; reading may go
/// on beside.</summary>
internal interface IKeyValues : IAsyncDisposable
{
    /// <summary>Where the store is, for messages; never with secrets.</summary>
    string Place { get; }

    /// <summary>What a transaction may have.</summary>
    KeyValueLimits Limits { get; }

    /// <summary>Reads the fence as it is now, not as a server that lags behind has it.</summary>
    Task<StoredFence> ReadFenceAsync(CancellationToken cancellationToken);

    /// <summary>Writes all changes, or none.</summary>
    /// <param name="fenceVersion">The version that the fence must be at.</param>
    /// <param name="fence">The fence's new content; null: it stays as it is.</param>
    /// <param name="changes">At most one change for a key; within <see cref="Limits"/>.</param>
    /// <param name="cancellationToken">Gives up; whether it was written is then unknown.</param>
    /// <returns>The version of the fence from now on; null: it is at another version, and nothing was written.
    /// </returns>
    Task<long?> WriteAsync(
        long fenceVersion, ReadOnlyMemory<byte>? fence, IReadOnlyList<KeyChange> changes,
        CancellationToken cancellationToken);

    /// <summary>Reads all values of an area, a page at a time, in any order. What is read is at least as new as the
    /// last write of this object.</summary>
    IAsyncEnumerable<IReadOnlyList<KeyValue>> ReadAllAsync(Area area, CancellationToken cancellationToken);

    /// <summary>Lists the names of an area.</summary>
    Task<IReadOnlyList<string>> ListNamesAsync(Area area, CancellationToken cancellationToken);

    /// <summary>Reads a value; null: there is none.</summary>
    Task<ReadOnlyMemory<byte>?> ReadAsync(Area area, string name, CancellationToken cancellationToken);
}

/// <summary>Kinds of values. Each has names of its own.</summary>
internal enum Area
{
    /// <summary>Definitions of jobs.</summary>
    Definitions,

    /// <summary>States of jobs.</summary>
    States,

    /// <summary>Settings of the whole cluster.</summary>
    Meta,

    /// <summary>Parts of what is too large for one value or one transaction.</summary>
    Parts,
}

/// <summary>What a transaction may have.</summary>
/// <param name="Changes">Changes beside that of the fence.</param>
/// <param name="Bytes">Bytes of all changes together, by <see cref="CostOf"/>.</param>
/// <param name="ValueBytes">Bytes of one value.</param>
/// <param name="BatchUnits">About how many units are worth one commit.</param>
internal sealed record KeyValueLimits(int Changes, int Bytes, int ValueBytes, int BatchUnits)
{
    private const int ChangeBytes = 160; // paths, permissions and numbers around a change
    private const int NameExpansion = 9; // a UTF-16 unit is at most three bytes, each written as %XX

    /// <summary>An upper bound of what a change takes in a transaction.</summary>
    public static int CostOf(string name, int valueBytes) => ChangeBytes + (NameExpansion * name.Length) + valueBytes;
}

/// <summary>A value to put, or to delete.</summary>
/// <param name="Area">Its kind.</param>
/// <param name="Name">Its name; any text.</param>
/// <param name="Value">UTF-8 text; null: delete.</param>
internal readonly record struct KeyChange(Area Area, string Name, ReadOnlyMemory<byte>? Value);

/// <summary>A value as stored.</summary>
internal readonly record struct KeyValue(string Name, ReadOnlyMemory<byte> Value);

/// <summary>The fence as stored.</summary>
/// <param name="Version">What a write can rely on; 0: there is no fence yet.</param>
/// <param name="Content">The content; null: there is none yet.</param>
internal readonly record struct StoredFence(long Version, ReadOnlyMemory<byte>? Content);
