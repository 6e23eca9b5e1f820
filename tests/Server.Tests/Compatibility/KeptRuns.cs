using System.Runtime.CompilerServices;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Server.Tests.Compatibility;

/// <summary>A run history in memory, and the state store whose commits feed it; a node loads nothing from
/// it.</summary>
internal sealed class KeptRuns : IRunHistory, IStateStore
{
    public string Problem => "";

    public int BatchUnits => 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<RunId, RunRecord> runs = [];

    public Task AppendAsync(IReadOnlyList<HistoryRecord> records, CancellationToken cancellationToken)
    {
        lock (gate)
            foreach (var record in records.OfType<RunRecord>())
                runs[record.Run.Id] = record;
        return Task.CompletedTask;
    }

    public Task<HistoryPage<RunRecord>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var from = query.After is { } after ? int.Parse(after) : 0;
            var found = runs.Values.Where(r => Matches(r, query))
                .OrderByDescending(r => r.Run.Nominal).ThenByDescending(r => r.Run.Id)
                .Skip(from).Take(query.Limit + 1).ToList();
            var next = found.Count > query.Limit ? $"{from + query.Limit}" : null;
            return Task.FromResult(new HistoryPage<RunRecord>([.. found.Take(query.Limit)], next));
        }
    }

    public Task<RunRecord?> FindRunAsync(RunId id, CancellationToken cancellationToken)
    {
        lock (gate) return Task.FromResult(runs.GetValueOrDefault(id));
    }

    public Task<HistoryPage<EventRecord>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(new HistoryPage<EventRecord>([], null));

    public Task<IReadOnlyList<AttemptId>> PruneAsync(
        Retention retention, Instant now, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AttemptId>>([]);

    public Task<long> ReadTermAsync(CancellationToken cancellationToken) => Task.FromResult(0L);

    public Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken) =>
        Task.FromResult<StorePosition?>(null);

    public async IAsyncEnumerable<StoredDocument> LoadAsync(
        long term, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public async Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        foreach (var unit in batch.Units) await AppendAsync(unit.Records, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static bool Matches(RunRecord record, RunQuery query) =>
        (query.JobName is null || record.JobName == query.JobName)
        && (query.States.IsEmpty || query.States.Contains(record.Run.State))
        && (query.From is null || record.Run.Nominal >= query.From)
        && (query.Until is null || record.Run.Nominal < query.Until);
}
