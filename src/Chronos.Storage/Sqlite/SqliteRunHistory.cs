using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Storage.History;
using NodaTime;

namespace Chronos.Storage.Sqlite;

/// <summary>The run history in the database that holds the state, or in one of its own beside another state store.
/// </summary>
/// <param name="database">The database; disposed by its owner.</param>
public sealed class SqliteRunHistory(SqliteDatabase database) : IRunHistory
{
    /// <inheritdoc/>
    public string Problem => database.Problem;

    private const int LimitMax = 1000;
    private readonly Pruning pruning = new(database);
    private HistoryStatements? statements;

    /// <inheritdoc/>
    public Task AppendAsync(IReadOnlyList<HistoryRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        return database.Writer.WriteAsync(connection => Append(connection, records), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The limit is out of range, or the cursor is of another listing.</exception>
    public async Task<HistoryPage<RunRecord>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckLimit(query.Limit);
        if (query.After is { } cursor) RunKey.FromCursor(cursor);
        return await ReadAsync(connection => RunListing.List(connection, query), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RunRecord?> FindRunAsync(RunId id, CancellationToken cancellationToken) =>
        ReadAsync(connection => RunListing.Find(connection, id), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The limit is out of range, or the cursor is of another listing.</exception>
    public async Task<HistoryPage<EventRecord>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckLimit(query.Limit);
        return await ReadAsync(connection => EventRows.List(connection, query), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AttemptId>> PruneAsync(
        Retention retention, Instant now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        return NotingDamageAsync(() => pruning.PruneAsync(retention, now, cancellationToken));
    }

    /// <summary>Ends the pruning; the database belongs to its owner.</summary>
    public ValueTask DisposeAsync()
    {
        pruning.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void CheckLimit(int limit)
    {
        if (limit is < 1 or > LimitMax)
            throw new ArgumentException($"The page limit is {limit}; it may be 1 to {LimitMax}.");
    }

    private bool Append(Connection connection, IReadOnlyList<HistoryRecord> records)
    {
        statements ??= new(connection, database.Touched);
        connection.InWriteTransaction(() =>
        {
            foreach (var record in records) statements.Write(record);
        });
        return true;
    }

    private Task<T> ReadAsync<T>(Func<Connection, T> query, CancellationToken cancellationToken) =>
        NotingDamageAsync(() => database.Readers.ReadAsync(query, cancellationToken));

    private async Task<T> NotingDamageAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (StoreCorruptException error)
        {
            database.NoteHistoryDamage(error);
            throw;
        }
    }
}
