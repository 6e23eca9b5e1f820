using System.Runtime.CompilerServices;
using System.Text;
using Chronos.Runtime.Ports;
using Npgsql;

namespace Chronos.Storage.PostgreSql;

/// <summary>The state store of a cluster over PostgreSQL. A batch, with all its units and their history records, is one
/// transaction, which begins by locking the fence: the newest term and the last batch committed in it.
/// <para>A server that takes over from one that it copied late, or a backup, has lost what was answered as done. Going
/// on would mix both; the leadership ends, and the next one loads what there is.</para></summary>
/// <param name="database">The database; disposed by its owner.</param>
public sealed class PostgreSqlStateStore(PostgreSqlDatabase database) : IStateStore
{
    /// <summary>Begins an update of the fence by a new term: what was committed before it stays known.</summary>
    internal const string BeginTerm = """
        UPDATE fence SET batch = 0,
            before_term = CASE WHEN batch > 0 THEN term ELSE before_term END,
            before_batch = CASE WHEN batch > 0 THEN batch ELSE before_batch END,
            term =
        """;

    private (long Term, long Batch) acknowledged; // the newest that the server said it has taken

    /// <inheritdoc/>
    public int BatchUnits => 5_000; // a flush of the server's log costs as much as hundreds of rows

    /// <inheritdoc/>
    public Task<long> ReadTermAsync(CancellationToken cancellationToken) => database.DoAsync(
        (connection, token) => connection.ScalarAsync<long>("SELECT term FROM fence", token), cancellationToken);

    /// <inheritdoc/>
    public async Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken) =>
        await database.DoAsync((connection, token) => TakeAsync(connection, term, token), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredDocument> LoadAsync(
        long term, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await database.DoAsync((connection, token) => TakeAsync(connection, term, token), cancellationToken);
        await using var rows = new DocumentRows(database, cancellationToken);
        while (await rows.ReadAsync()) yield return rows.Current;
    }

    /// <inheritdoc/>
    public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellationToken.ThrowIfCancellationRequested();
        return database.DoAsync((connection, token) => CommitAsync(connection, batch, token), cancellationToken);
    }

    /// <summary>Does nothing: the database belongs to its owner.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static string TableOf(DocumentKind kind) => kind switch
    {
        DocumentKind.Definition => "definitions",
        DocumentKind.State => "states",
        DocumentKind.Meta => "meta",
        _ => throw new InvalidOperationException($"There is no table for documents of kind {kind}."),
    };

    private async Task<StorePosition> TakeAsync(
        NpgsqlConnection connection, long term, CancellationToken cancellationToken)
    {
        // Whoever takes it numbers its batches anew, even when it has led this term before.
        await using var command = connection.Command(
            BeginTerm + " $1 WHERE term <= $1 RETURNING before_term, before_batch", term);
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (await rows.ReadAsync(cancellationToken))
            {
                acknowledged = (term, 0);
                return new(rows.GetInt64(0), rows.GetInt64(1));
            }
        }

        throw Fenced(await connection.ScalarAsync<long>("SELECT term FROM fence", cancellationToken), term);
    }

    private async Task<bool> CommitAsync(
        NpgsqlConnection connection, CommitBatch batch, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (term, last) = await ReadFenceAsync(connection, cancellationToken);
        if (term > batch.Term) throw Fenced(term, batch.Term);
        if ((term, last).CompareTo(acknowledged) < 0)
            throw new StoreFencedException($"{database.Place} is at batch {last} of term {term} and has been at batch "
                + $"{acknowledged.Batch} of term {acknowledged.Term}: another server or a backup has taken its place. "
                + "It has to be loaded anew.");
        if (term == batch.Term && last >= batch.Id) return true;
        await using var writing = new NpgsqlBatch(connection, transaction);
        AddDocuments(writing, batch.Units);
        HistoryWriting.Add(writing, batch.Units.SelectMany(unit => unit.Records), database.Touched);
        writing.Add("UPDATE fence SET term = $1, batch = $2", batch.Term, batch.Id);
        await writing.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        acknowledged = (batch.Term, batch.Id);
        return true;
    }

    private static async Task<(long Term, long Batch)> ReadFenceAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("SELECT term, batch FROM fence FOR UPDATE");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetInt64(0), reader.GetInt64(1))
            : throw new StoreCorruptException("The table fence has no row. Restore a backup.");
    }

    /// <summary>Of several changes of one document the last counts.</summary>
    private static void AddDocuments(NpgsqlBatch writing, IReadOnlyList<CommitUnit> units)
    {
        var changes = new Dictionary<DocumentKey, ReadOnlyMemory<byte>?>();
        foreach (var unit in units)
            foreach (var change in unit.Documents) changes[change.Key] = change.Json;
        foreach (var kind in changes.GroupBy(change => change.Key.Kind))
        {
            var table = TableOf(kind.Key);
            var puts = kind.Where(change => change.Value is not null).ToList();
            var deletes = kind.Where(change => change.Value is null).Select(change => change.Key.Name).ToArray();
            if (puts.Count > 0)
                writing.Add(
                    $"INSERT INTO {table} (name, json) "
                    + "SELECT n, j::json FROM unnest($1::text[], $2::text[]) AS t (n, j) "
                    + "ON CONFLICT (name) DO UPDATE SET json = excluded.json",
                    puts.Select(put => put.Key.Name).ToArray(),
                    puts.Select(put => Encoding.UTF8.GetString(put.Value!.Value.Span)).ToArray());
            if (deletes.Length > 0) writing.Add($"DELETE FROM {table} WHERE name = ANY ($1::text[])", [deletes]);
        }
    }

    private StoreFencedException Fenced(long newest, long asked) =>
        new($"Term {newest} has taken {database.Place}; term {asked} may not write any more.");
}
