using System.Collections.Concurrent;

namespace Chronos.Storage.Sqlite;

/// <summary>Read-only connections. Readers of a write-ahead log see the last commit and wait for nobody; how many run
/// at once is bounded, the rest wait in line.</summary>
internal sealed class ReaderPool(string path, SqliteOptions options) : IDisposable
{
    private readonly SemaphoreSlim slots = new(options.Readers);
    private readonly ConcurrentBag<Connection> idle = [];
    private bool isDisposed;

    /// <summary>Runs a query on a thread of the pool: SQLite only knows blocking calls.</summary>
    public async Task<T> ReadAsync<T>(Func<Connection, T> query, CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(query, cancellationToken), cancellationToken);
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>Waits until every query has ended, and closes the connections.</summary>
    public async Task CloseAsync()
    {
        for (var i = 0; i < options.Readers; i++) await slots.WaitAsync();
        isDisposed = true;
        while (idle.TryTake(out var connection)) connection.Dispose();
        slots.Release(options.Readers);
    }

    public void Dispose() => slots.Dispose();

    private T Read<T>(Func<Connection, T> query, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (!idle.TryTake(out var connection)) connection = Open();
        try
        {
            using var interrupting = cancellationToken.Register(connection.Interrupt);
            return query(connection);
        }
        catch (FormatException error)
        {
            throw SqliteFault.NotUnderstood(path, error);
        }
        finally
        {
            // Once more, because cancellation interrupts whatever is running, the end of a transaction too.
            connection.EndWork();
            idle.Add(connection);
        }
    }

    private Connection Open()
    {
        var connection = Connection.Open(path, readOnly: true);
        try
        {
            connection.Execute($"PRAGMA cache_size = -{options.ReaderCacheKiB}");
            connection.Execute("PRAGMA mmap_size = 0");
            connection.Execute("PRAGMA temp_store = MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
