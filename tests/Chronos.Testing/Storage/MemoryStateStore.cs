using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;

namespace Chronos.Testing.Storage;

/// <summary>A state store in memory, for simulation, tests and benchmarks: fenced and idempotent like a real one, and
/// as good as free. Several nodes may share one; what a node has not committed is lost with the node.</summary>
/// <param name="history">Takes the records of commits; null: they are dropped.</param>
public sealed class MemoryStateStore(MemoryRunHistory? history = null) : IStateStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<DocumentKey, byte[]> documents = [];
    private long newestTerm;
    private long lastBatch;
    private StorePosition before;

    /// <summary>What goes wrong with the next commits.</summary>
    public StoreFaults Commits { get; } = new();

    /// <summary>What goes wrong with the next loads.</summary>
    public StoreFaults Loads { get; } = new();

    /// <inheritdoc/>
    public int BatchUnits { get; set; } = 10_000;

    /// <summary>Commits that had an effect.</summary>
    public long CommittedBatches { get; private set; }

    /// <summary>The newest term that has taken the store; 0: none yet.</summary>
    public long NewestTerm
    {
        get
        {
            lock (gate) return newestTerm;
        }
    }

    /// <summary>A newer leader takes the store: commits and loads of older terms are refused from now on.</summary>
    /// <returns>How far the terms before have come.</returns>
    public StorePosition TakeOver(long term)
    {
        lock (gate)
        {
            TakeOverNeedsLock(term);
            return before;
        }
    }

    /// <summary>The documents as they are now, in the order of their keys.</summary>
    public IReadOnlyList<StoredDocument> Snapshot()
    {
        lock (gate)
            return [.. documents.OrderBy(entry => entry.Key.Kind)
                .ThenBy(entry => entry.Key.Name, StringComparer.Ordinal)
                .Select(entry => new StoredDocument(entry.Key, entry.Value))];
    }

    /// <inheritdoc/>
    public Task<long> ReadTermAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(NewestTerm);
    }

    /// <inheritdoc/>
    public async Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken)
    {
        StorePosition position = default;
        await Loads.ApplyAsync(() => position = TakeOver(term), cancellationToken);
        return position;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredDocument> LoadAsync(
        long term, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Loads.ApplyAsync(() => TakeOver(term), cancellationToken);
        foreach (var document in Snapshot())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return document;
        }
    }

    /// <inheritdoc/>
    public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Commits.ApplyAsync(() => Commit(batch), cancellationToken);
    }

    /// <summary>Does nothing: the content outlives the node.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Commit(CommitBatch batch)
    {
        lock (gate)
        {
            CheckTermNeedsLock(batch.Term);
            if (batch.Term == newestTerm && batch.Id <= lastBatch) return;
            // Copied before anything changes: a document that cannot be read leaves no half of a batch.
            var changes = batch.Units.SelectMany(unit => unit.Documents)
                .Select(change => (change.Key, Json: change.Json?.ToArray())).ToList();
            foreach (var (key, json) in changes) WriteNeedsLock(key, json);
            foreach (var unit in batch.Units) history?.Keep(unit.Records);
            newestTerm = batch.Term;
            lastBatch = batch.Id;
            CommittedBatches++;
        }
    }

    private void WriteNeedsLock(DocumentKey key, byte[]? json)
    {
        if (json is null) documents.Remove(key);
        else documents[key] = json;
    }

    private void TakeOverNeedsLock(long term)
    {
        CheckTermNeedsLock(term);
        if (lastBatch > 0) before = new(newestTerm, lastBatch);
        newestTerm = term;
        lastBatch = 0;
    }

    private void CheckTermNeedsLock(long term)
    {
        if (newestTerm > term)
            throw new StoreFencedException(
                $"Term {newestTerm} has taken the store; term {term} may not write any more.");
    }
}
