namespace Chronos.Storage.Sqlite;

/// <summary>Where the database of a node lives and how much it may use.</summary>
public sealed class SqliteOptions
{
    /// <summary>The data folder; it must exist and be writable. It gets <c>chronos.db</c>, its <c>-wal</c> and
    /// <c>-shm</c> files, and <c>chronos.lock</c>. Must be on a local file system: write-ahead logging needs shared
    /// memory.</summary>
    public required string Folder { get; init; }

    /// <summary>Connections for history queries, so many run at once; 1 to 64. Default 4.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>Page cache of the writing connection in KiB; 1,024 or more. Default 65,536.</summary>
    public int WriterCacheKiB { get; init; } = 65_536;

    /// <summary>Page cache of each reading connection in KiB; 256 or more. Default 4,096.</summary>
    public int ReaderCacheKiB { get; init; } = 4_096;

    /// <summary>Pages (4 KiB each) in the write-ahead log at which a checkpoint begins in the background; 100 or more.
    /// Default 4,096, which is 16 MiB. More means fewer page writes and a longer recovery after a crash.</summary>
    public int CheckpointPages { get; init; } = 4_096;

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder);
        Check(Readers, nameof(Readers), 1, 64);
        Check(WriterCacheKiB, nameof(WriterCacheKiB), 1_024, int.MaxValue);
        Check(ReaderCacheKiB, nameof(ReaderCacheKiB), 256, int.MaxValue);
        Check(CheckpointPages, nameof(CheckpointPages), 100, 1_000_000);
    }

    private static void Check(int value, string name, int min, int max)
    {
        if (value < min || value > max)
            throw new ArgumentException($"The SQLite option {name} is {value}; it may be {min} to {max}.");
    }
}
