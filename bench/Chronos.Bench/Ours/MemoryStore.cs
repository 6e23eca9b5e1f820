using System.Runtime.CompilerServices;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Bench.Ours;

/// <summary>What a peer's store in memory is too: documents in a dictionary, nothing of the past.</summary>
internal sealed class MemoryStore : IStateStore
{
    private readonly Dictionary<DocumentKey, ReadOnlyMemory<byte>> documents = [];
    private long newestTerm;

    /// <inheritdoc/>
    public Task<long> ReadTermAsync(CancellationToken cancellationToken) => Task.FromResult(newestTerm);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredDocument> LoadAsync(
        long term, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        newestTerm = term;
        foreach (var (key, json) in documents) yield return new(key, json);
    }

    /// <inheritdoc/>
    public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken) =>
        Task.Run(() => Commit(batch), CancellationToken.None); // as every store: not on the thread of the loop

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Commit(CommitBatch batch)
    {
        foreach (var unit in batch.Units)
            foreach (var change in unit.Documents)
            {
                if (change.Json is { } json) documents[change.Key] = json;
                else documents.Remove(change.Key);
            }
    }
}

/// <summary>A history that keeps nothing.</summary>
internal sealed class NoHistory : IRunHistory
{
    /// <inheritdoc/>
    public string Problem => "";

    /// <inheritdoc/>
    public Task AppendAsync(IReadOnlyList<HistoryRecord> records, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <inheritdoc/>
    public Task<HistoryPage<RunRecord>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(new HistoryPage<RunRecord>([], null));

    /// <inheritdoc/>
    public Task<RunRecord?> FindRunAsync(RunId id, CancellationToken cancellationToken) =>
        Task.FromResult<RunRecord?>(null);

    /// <inheritdoc/>
    public Task<HistoryPage<EventRecord>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(new HistoryPage<EventRecord>([], null));

    /// <inheritdoc/>
    public Task<IReadOnlyList<AttemptId>> PruneAsync(
        Retention retention, Instant now, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AttemptId>>([]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
