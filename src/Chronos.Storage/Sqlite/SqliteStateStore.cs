using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.Sqlite;

/// <summary>The state store of a node that keeps everything in one SQLite database. A batch, with all its units and
/// their history records, is one transaction and one flush of the disk.</summary>
/// <remarks>The table <c>fence</c> holds the newest term and the last batch committed in it, written in the same
/// transaction as the batch. So a batch that is repeated because nobody knows how its first try ended is recognised,
/// also by a process started since.</remarks>
/// <param name="database">The database; disposed by its owner.</param>
public sealed class SqliteStateStore(SqliteDatabase database) : IStateStore
{
    private CommitStatements? statements;

    /// <inheritdoc/>
    public int BatchUnits => 10_000; // a flush of the disk costs as much as hundreds of rows

    /// <inheritdoc/>
    public Task<long> ReadTermAsync(CancellationToken cancellationToken) => database.ReadTermAsync(cancellationToken);

    /// <summary>Takes the store. It has to be read: no other node could have a copy.</summary>
    /// <inheritdoc/>
    public async Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken)
    {
        await database.Writer.WriteAsync(connection => TakeTerm(connection, term), cancellationToken);
        return null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredDocument> LoadAsync(
        long term, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await database.Writer.WriteAsync(connection => TakeTerm(connection, term), cancellationToken);
        var reading = new DocumentReading();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var producing = database.Readers.ReadAsync(
            connection => reading.Produce(connection, stopping.Token), stopping.Token);
        try
        {
            // The database is read on one thread and the documents are understood on another.
            await foreach (var chunk in reading.Chunks(producing, cancellationToken))
                foreach (var document in chunk) yield return document;
        }
        finally
        {
            await stopping.CancelAsync();
            await ((Task)producing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return database.Writer.WriteAsync(connection => Commit(connection, batch), cancellationToken);
    }

    /// <summary>Does nothing: the database belongs to its owner.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private CommitStatements StatementsOf(Connection connection) => statements ??= new(connection, database.Touched);

    private bool TakeTerm(Connection connection, long term)
    {
        var prepared = StatementsOf(connection);
        connection.InWriteTransaction(() =>
        {
            var (newest, last) = prepared.ReadFence();
            if (newest > term) throw Fenced(newest, term);
            // Whoever loads numbers its batches anew, even when it has led this term before. Nothing is flushed where
            // the store was only taken before.
            if ((newest, last) != (term, 0)) prepared.WriteFence(term, batch: 0);
        });
        return true;
    }

    private bool Commit(Connection connection, CommitBatch batch)
    {
        var prepared = StatementsOf(connection);
        connection.InWriteTransaction(() =>
        {
            var (term, last) = prepared.ReadFence();
            if (term > batch.Term) throw Fenced(term, batch.Term);
            if (term == batch.Term && last >= batch.Id) return;
            foreach (var unit in batch.Units) prepared.Write(unit);
            prepared.WriteFence(batch.Term, batch.Id);
        });
        return true;
    }

    private StoreFencedException Fenced(long newest, long asked) =>
        new($"Term {newest} has taken '{database.Path}'; term {asked} may not write any more.");
}
