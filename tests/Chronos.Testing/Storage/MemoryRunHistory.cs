using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Testing.Storage;

/// <summary>A run history in memory. Appending is cheap and listing is not: each page sorts what matches.</summary>
public sealed class MemoryRunHistory : IRunHistory
{
    /// <inheritdoc/>
    public string Problem => "";

    private const int RemovedMax = 250;
    private readonly Lock gate = new();
    private readonly Dictionary<RunId, RunRecord> runs = [];
    private readonly Dictionary<string, int> eventPlaces = [];
    private readonly List<EventRecord?> events = [];

    /// <summary>What goes wrong with the next appends; the records of commits do not come this way.</summary>
    public StoreFaults Appends { get; } = new();

    /// <summary>The runs as they are now, oldest first.</summary>
    public IReadOnlyList<RunRecord> Runs()
    {
        lock (gate) return [.. runs.Values.OrderBy(run => run.Run.Nominal).ThenBy(run => run.Run.Id)];
    }

    /// <inheritdoc/>
    public Task AppendAsync(IReadOnlyList<HistoryRecord> records, CancellationToken cancellationToken) =>
        Appends.ApplyAsync(() => Keep(records), cancellationToken);

    /// <inheritdoc/>
    public Task<HistoryPage<RunRecord>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckLimit(query.Limit);
        RunRecord? after = null;
        List<RunRecord> matching;
        lock (gate)
        {
            if (query.After is { } cursor) after = PlaceOf(cursor);
            matching = [.. runs.Values.Where(run => Matches(run, query) && (after is null || IsBefore(run, after)))];
        }

        matching.Sort((left, right) => IsBefore(left, right) ? 1 : IsBefore(right, left) ? -1 : 0);
        return Task.FromResult(
            Page(matching, query.Limit, last => $"{last.Run.Nominal.ToUnixTimeTicks()}/{last.Run.Id}"));
    }

    /// <inheritdoc/>
    public Task<RunRecord?> FindRunAsync(RunId id, CancellationToken cancellationToken)
    {
        lock (gate) return Task.FromResult(runs.GetValueOrDefault(id));
    }

    /// <inheritdoc/>
    public Task<HistoryPage<EventRecord>> ListEventsAsync(EventQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        CheckLimit(query.Limit);
        lock (gate)
        {
            var end = events.Count;
            if (query.After is { } cursor && (!int.TryParse(cursor, out end) || end < 0 || end > events.Count))
                throw WrongCursor(cursor);
            var matching = events.Take(end).Reverse().OfType<EventRecord>()
                .Where(record => query.JobName is null || record.Event.JobName == query.JobName).ToList();
            return Task.FromResult(Page(matching, query.Limit, last => $"{eventPlaces[last.Id]}"));
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AttemptId>> PruneAsync(
        Retention retention, Instant now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        var cutoff = now - retention.Age;
        lock (gate)
        {
            while (ExcessNeedsLock(retention, cutoff) is { Count: > 0 } excess)
            {
                foreach (var run in excess) runs.Remove(run.Run.Id);
                var attempts = excess.SelectMany(AttemptsOf).ToList();
                if (attempts.Count > 0) return Task.FromResult<IReadOnlyList<AttemptId>>(attempts);
            }

            for (var i = 0; i < events.Count; i++)
            {
                if (events[i] is not { } old || old.Event.At >= cutoff) continue;
                eventPlaces.Remove(old.Id);
                events[i] = null;
            }
        }

        return Task.FromResult<IReadOnlyList<AttemptId>>([]);
    }

    /// <summary>Does nothing: the content outlives the node.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal void Keep(IReadOnlyList<HistoryRecord> records)
    {
        lock (gate)
            foreach (var record in records) KeepNeedsLock(record);
    }

    private void KeepNeedsLock(HistoryRecord record)
    {
        switch (record)
        {
            case RunRecord run:
                runs[run.Run.Id] = run;
                break;
            case EventRecord happened when eventPlaces.TryGetValue(happened.Id, out var place):
                events[place] = happened;
                break;
            case EventRecord happened:
                eventPlaces.Add(happened.Id, events.Count);
                events.Add(happened);
                break;
            default:
                throw new ArgumentException($"The history cannot keep a {record.GetType().Name}.", nameof(record));
        }
    }

    private List<RunRecord> ExcessNeedsLock(Retention retention, Instant cutoff) =>
    [
        .. runs.Values.Where(run => (run.Run.EndedAt ?? run.Run.CreatedAt) < cutoff)
            .Concat(runs.Values.GroupBy(run => run.JobName).SelectMany(job => job
                .OrderByDescending(run => run.Run.Nominal).ThenByDescending(run => run.Run.Id)
                .Skip(retention.RunsPerJob)))
            .Distinct()
            .Take(RemovedMax),
    ];

    private static RunRecord PlaceOf(string cursor)
    {
        var slash = cursor.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !RunId.TryParse(cursor[(slash + 1)..], out var id)
            || !long.TryParse(cursor.AsSpan(0, slash), out var ticks))
            throw WrongCursor(cursor);
        var place = new Run
        {
            Id = id, Cause = RunCause.Schedule, Nominal = Instant.FromUnixTimeTicks(ticks), CreatedAt = default,
        };
        return new("", [], "", place);
    }

    private static IEnumerable<AttemptId> AttemptsOf(RunRecord record)
    {
        var count = record.Run.Attempts.Select(attempt => attempt.Number).Append(record.Run.Attempt).Max();
        return Enumerable.Range(1, count).Select(number => new AttemptId(record.Run.Id, number));
    }

    private static bool Matches(RunRecord record, RunQuery query) =>
        (query.JobName is null || record.JobName == query.JobName)
        && (query.States.IsEmpty || query.States.Contains(record.Run.State))
        && (query.From is null || record.Run.Nominal >= query.From)
        && (query.Until is null || record.Run.Nominal < query.Until)
        && (query.Label is null || record.Labels.Contains(query.Label));

    private static bool IsBefore(RunRecord left, RunRecord right) =>
        left.Run.Nominal != right.Run.Nominal
            ? left.Run.Nominal < right.Run.Nominal
            : left.Run.Id < right.Run.Id;

    private static HistoryPage<T> Page<T>(List<T> matching, int limit, Func<T, string> cursor) =>
        matching.Count > limit
            ? new(matching[..limit], cursor(matching[limit - 1]))
            : new(matching, null);

    private static void CheckLimit(int limit)
    {
        if (limit is < 1 or > 1000) throw new ArgumentException($"The page limit is {limit}; it may be 1 to 1000.");
    }

    private static ArgumentException WrongCursor(string cursor) =>
        new($"The page cursor '{cursor}' is none that this listing gave out. Begin at the first page.");
}
