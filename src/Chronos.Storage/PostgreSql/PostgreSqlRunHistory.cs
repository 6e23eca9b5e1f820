using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Chronos.Storage.History;
using NodaTime;
using Npgsql;

namespace Chronos.Storage.PostgreSql;

/// <summary>The run history in the database that holds the state; every node reads the same.</summary>
/// <param name="database">The database; disposed by its owner.</param>
public sealed class PostgreSqlRunHistory(PostgreSqlDatabase database) : IRunHistory
{
    private const int LimitMax = 1000;
    private readonly Pruning pruning = new(database);

    /// <summary>None is known: the servers check their own pages.</summary>
    public string Problem => "";

    /// <inheritdoc/>
    public Task AppendAsync(IReadOnlyList<HistoryRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        return database.DoAsync(AppendAsync, cancellationToken);

        async Task<bool> AppendAsync(NpgsqlConnection connection, CancellationToken token)
        {
            await using var writing = new NpgsqlBatch(connection);
            HistoryWriting.Add(writing, records, database.Touched);
            if (writing.BatchCommands.Count > 0) await writing.ExecuteNonQueryAsync(token);
            return true;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The limit is out of range, or the cursor is of another listing.</exception>
    public async Task<HistoryPage<RunRecord>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckLimit(query.Limit);
        if (query.After is { } cursor) RunKey.FromCursor(cursor);
        return await ReadAsync(
            (connection, token) => RunListing.ListAsync(connection, query, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RunRecord?> FindRunAsync(RunId id, CancellationToken cancellationToken) =>
        ReadAsync((connection, token) => RunListing.FindAsync(connection, id, token), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The limit is out of range, or the cursor is of another listing.</exception>
    public async Task<HistoryPage<EventRecord>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckLimit(query.Limit);
        var before = query.After is { } cursor ? EventWords.FromCursor(cursor) : long.MaxValue;
        return await ReadAsync(
            (connection, token) => ListEventsAsync(connection, query, before, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AttemptId>> PruneAsync(
        Retention retention, Instant now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        return pruning.PruneAsync(retention, now, cancellationToken);
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

    private async Task<T> ReadAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        try
        {
            return await database.DoAsync(query, cancellationToken);
        }
        catch (FormatException e)
        {
            throw new StoreCorruptException($"{database.Place} has a row that makes no sense: {e.Message}", e);
        }
    }

    private static async Task<HistoryPage<EventRecord>> ListEventsAsync(
        NpgsqlConnection connection, EventQuery query, long before, CancellationToken cancellationToken)
    {
        var filter = query.JobName is null ? "" : " AND job = $3";
        object[] values = query.JobName is { } job ? [before, query.Limit + 1, job] : [before, query.Limit + 1];
        await using var command = connection.Command(
            "SELECT seq, id, at, job, kind, by, address, detail FROM events "
            + $"WHERE seq < $1{filter} ORDER BY seq DESC LIMIT $2", values);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<EventRecord>();
        var last = before;
        while (await rows.ReadAsync(cancellationToken))
        {
            if (items.Count == query.Limit) return new(items, EventWords.ToCursor(last));
            last = rows.GetInt64(0);
            items.Add(new(rows.GetString(1), new(
                Instant.FromUnixTimeTicks(rows.GetInt64(2)),
                rows.GetString(3),
                EventWords.KindOf(rows.GetString(1), rows.GetString(4)),
                new(rows.GetString(5), rows.GetString(6)),
                rows.GetString(7))));
        }

        return new(items, null);
    }
}
