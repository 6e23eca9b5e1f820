using Chronos.Runtime.Ports;

namespace Chronos.Bench.Ours;

/// <summary>Keeps what was committed, so that it can be written again without us.</summary>
internal sealed class RecordingStore(IStateStore store) : IStateStore
{
    /// <summary>What was committed, in order.</summary>
    public List<CommitBatch> Batches { get; } = [];

    /// <inheritdoc/>
    public int BatchUnits => store.BatchUnits;

    /// <inheritdoc/>
    public Task<long> ReadTermAsync(CancellationToken cancellationToken) => store.ReadTermAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken) =>
        store.TakeAsync(term, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredDocument> LoadAsync(long term, CancellationToken cancellationToken) =>
        store.LoadAsync(term, cancellationToken);

    /// <inheritdoc/>
    public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        Batches.Add(batch with { Units = [.. batch.Units.Select(Copied)] });
        return store.CommitAsync(batch, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CommitUnit Copied(CommitUnit unit) =>
        unit with { Documents = [.. unit.Documents.Select(d => d with { Json = d.Json?.ToArray() })] };
}
