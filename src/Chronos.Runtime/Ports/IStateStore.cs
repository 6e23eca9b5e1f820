using Chronos.Core.Jobs;

namespace Chronos.Runtime.Ports;

/// <summary>Durable truth: job definitions, their state, and engine identities.
/// <para>One writer: calls are never concurrent with each other. A store is built with the run history that its units'
/// records go to; where both are one database they are written in one transaction, else the history
/// first.</para></summary>
public interface IStateStore : IAsyncDisposable
{
    /// <summary>About how many units a batch should have at most. A larger batch would spread the cost of a commit
    /// little further, and what waits for it takes memory and time.</summary>
    int BatchUnits { get; }

    /// <summary>The newest term that has taken the store; 0: none yet.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached or read now; try again.</exception>
    Task<long> ReadTermAsync(CancellationToken cancellationToken);

    /// <summary>Takes the store for <paramref name="term"/> without reading it, for who may have a copy of all it
    /// holds: from now on commits of an older term are refused. Who has none goes on with <see cref="LoadAsync"/>.
    /// </summary>
    /// <param name="term">The leadership that takes it; grows with each one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How far the commits of the terms before have come; null: the store has to be read.</returns>
    /// <exception cref="StoreFencedException">A newer term has taken the store.</exception>
    /// <exception cref="StoreCorruptException">The store was written by a newer version, or is damaged.
    /// Final.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now; try again.</exception>
    Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken);

    /// <summary>Reads everything, in any order, and takes the store for <paramref name="term"/>: from now on commits
    /// of an older term are refused.</summary>
    /// <param name="term">The leadership that reads; grows with each one.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="StoreFencedException">A newer term has taken the store.</exception>
    /// <exception cref="StoreCorruptException">The store was written by a newer version, or is damaged.
    /// Final.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be reached or read now; try again.</exception>
    IAsyncEnumerable<StoredDocument> LoadAsync(long term, CancellationToken cancellationToken);

    /// <summary>Makes a batch durable: its documents and its history records. Each unit is atomic; a store with a limit
    /// on transactions may split between units, in order. A batch that has been committed before, known by its id, is
    /// a success that changes nothing.</summary>
    /// <param name="batch">What to write.</param>
    /// <param name="cancellationToken">Gives up; whether the batch was written is then unknown.</param>
    /// <exception cref="StoreFencedException">A newer term has taken the store; nothing of the batch was written, or
    /// only units before the one refused.</exception>
    /// <exception cref="StoreUnavailableException">Unknown whether the batch was written; commit it again.</exception>
    Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken);
}

/// <summary>Units to write, in order.</summary>
/// <param name="Id">Grows by one with each batch of a term.</param>
/// <param name="Term">The leadership that decided.</param>
/// <param name="Units">What was decided. Its documents are valid until the commit has ended; a store that keeps one
/// copies it.</param>
public sealed record CommitBatch(long Id, long Term, IReadOnlyList<CommitUnit> Units);

/// <summary>What one decision writes; atomic.</summary>
/// <param name="Documents">Documents to put or delete; at most one change for a key.</param>
/// <param name="Records">Records for the history.</param>
public readonly record struct CommitUnit(ValueList<DocumentChange> Documents, ValueList<HistoryRecord> Records);

/// <summary>A document to put, or to delete.</summary>
/// <param name="Key">The key.</param>
/// <param name="Json">UTF-8 JSON text; null: delete.</param>
public readonly record struct DocumentChange(DocumentKey Key, ReadOnlyMemory<byte>? Json);

/// <summary>A document as stored.</summary>
/// <param name="Key">The key.</param>
/// <param name="Json">UTF-8 JSON text.</param>
public readonly record struct StoredDocument(DocumentKey Key, ReadOnlyMemory<byte> Json);

/// <summary>Names a document.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The job's name, or the name of a setting.</param>
public readonly record struct DocumentKey(DocumentKind Kind, string Name);

/// <summary>The kinds of documents.</summary>
public enum DocumentKind
{
    /// <summary>A job's definition.</summary>
    Definition,

    /// <summary>A job's state.</summary>
    State,

    /// <summary>Something of the whole cluster, such as an engine's identity.</summary>
    Meta,
}
