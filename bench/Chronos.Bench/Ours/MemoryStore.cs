using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Bench.Ours;

/// <summary>What a peer's store in memory is too: documents in a dictionary, nothing of the past. A document that
/// changes takes the place of the old one.</summary>
internal sealed class MemoryStore : IStateStore
{
    private readonly Dictionary<string, Document>[] documents =
        [.. Enum.GetValues<DocumentKind>().Select(_ => new Dictionary<string, Document>())]; // by kind
    private long newestTerm;

    /// <inheritdoc/>
    public int BatchUnits => 500; // nothing but a change of threads is shared by the units of a batch

    /// <inheritdoc/>
    public Task<long> ReadTermAsync(CancellationToken cancellationToken) => Task.FromResult(newestTerm);

    /// <inheritdoc/>
    public Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken) =>
        Task.FromResult<StorePosition?>(null);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredDocument> LoadAsync(
        long term, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        newestTerm = term;
        foreach (var kind in Enum.GetValues<DocumentKind>())
            foreach (var (name, document) in documents[(int)kind])
                yield return new(new(kind, name), document.Bytes.AsMemory(0, document.Length));
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
                if (change.Json is { } json) Put(change.Key, json.Span);
                else documents[(int)change.Key.Kind].Remove(change.Key.Name);
            }
    }

    private void Put(DocumentKey key, ReadOnlySpan<byte> json)
    {
        ref var document = ref CollectionsMarshal.GetValueRefOrAddDefault(
            documents[(int)key.Kind], key.Name, out var isThere);
        if (!isThere || document.Bytes.Length < json.Length)
            document.Bytes = new byte[Math.Max(1024, 2 * json.Length)]; // it grows while a run is active
        json.CopyTo(document.Bytes);
        document.Length = json.Length;
    }

    private struct Document
    {
        public byte[] Bytes;
        public int Length;
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
