using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Storage.History;

namespace Chronos.Storage.Sqlite;

/// <summary>Finds a page of runs. Its keys come from one range of an index, or from one range per state merged here,
/// so that whatever the filter a page costs a few seeks and never a sort of more than it shows; then the rows are read
/// by key. Only filters that no index serves together (a job's label, a state beside a time) read keys they drop.
/// </summary>
internal static class RunListing
{
    private const string Columns = "nominal, id, job, state, created, started, ended, owner, json, cause";

    public static HistoryPage<RunRecord> List(Connection connection, RunQuery query)
    {
        // One transaction, so that a run pruned in between does not leave a hole.
        connection.Execute("BEGIN");
        try
        {
            var keys = Keys(connection, query);
            var shown = keys.Count > query.Limit ? keys[..query.Limit] : keys;
            var items = shown.ConvertAll(key => Row(connection, key)
                ?? throw SqliteFault.Damaged(connection.Path, $"an index names run {key.Id}, which is not in runs"));
            return new(items, keys.Count > query.Limit ? shown[^1].ToCursor() : null);
        }
        finally
        {
            connection.EndWork();
        }
    }

    /// <summary>A run by its id.</summary>
    public static RunRecord? Find(Connection connection, RunId id)
    {
        var (after, before) = RunKey.TicksOf(id);
        return Row(connection, new(after, id))
            ?? RowWithin(connection, after, id)
            ?? RowWithin(connection, before, id);
    }

    /// <summary>The statements that <see cref="List"/> runs for keys, one for each range.</summary>
    public static IReadOnlyList<string> Statements(RunQuery query)
    {
        if (query.JobName is not null) return [OfJob(query)];
        if (query.Label is not null) return [.. StatesOf(query).Select(state => OfLabel(query, state))];
        if (query.States.IsEmpty || query.States.Contains(RunState.Succeeded)) return [OfTime(query)];
        return [.. StatesOf(query).Select(state => OfState(query, state))];
    }

    private static List<RunKey> Keys(Connection connection, RunQuery query)
    {
        var keys = new List<RunKey>();
        foreach (var sql in Statements(query)) Collect(connection.Cached(sql), query, keys);
        keys.Sort((left, right) => right.CompareTo(left));
        return keys.Count > query.Limit + 1 ? keys[..(query.Limit + 1)] : keys;
    }

    private static void Collect(Statement rows, RunQuery query, List<RunKey> keys)
    {
        rows.Bind(1, query.Limit + 1);
        if (query.After is { } cursor)
        {
            var after = RunKey.FromCursor(cursor);
            rows.Bind(2, after.Ticks).Bind(3, after.Id.ToString());
        }

        if (query.From is { } from) rows.Bind(4, RunKey.TicksFrom(from));
        if (query.Until is { } until) rows.Bind(5, RunKey.TicksFrom(until));
        if (query.JobName is { } job) rows.Bind(6, job);
        if (query.Label is { } label) rows.Bind(7, label.Key).Bind(8, label.Value);
        while (rows.Step())
            keys.Add(RunId.TryParse(rows.Text(1), out var id)
                ? new(rows.Int64(0), id)
                : throw new FormatException($"The run '{rows.Text(1)}' has no valid id."));
    }

    private static string OfTime(RunQuery query) =>
        $"SELECT nominal, id FROM runs NOT INDEXED WHERE {InStates(query)}{Bounds(query)}";

    // The first condition is the index's own, without which SQLite may not use it.
    private static string OfState(RunQuery query, RunState state) =>
        "SELECT nominal, id FROM runs INDEXED BY runs_by_state WHERE state <> 'succeeded' AND "
        + $"state = '{RunJson.Word(state)}' AND {Bounds(query)}";

    private static string OfLabel(RunQuery query, RunState state) =>
        $"SELECT nominal, id FROM run_labels WHERE key = ?7 AND value = ?8 AND state = '{RunJson.Word(state)}' AND "
        + Bounds(query);

    private static string OfJob(RunQuery query)
    {
        var labelled = query.Label is null ? "" : """
            EXISTS (SELECT 1 FROM run_labels l WHERE l.key = ?7 AND l.value = ?8 AND l.state = runs.state
            AND l.nominal = runs.nominal AND l.id = runs.id) AND 
            """;
        return "SELECT nominal, id FROM runs INDEXED BY runs_by_job WHERE job = ?6 AND "
            + $"{labelled}{InStates(query)}{Bounds(query)}";
    }

    private static string InStates(RunQuery query) => query.States.IsEmpty
        ? ""
        : $"state IN ({string.Join(", ", StatesOf(query).Select(state => $"'{RunJson.Word(state)}'"))}) AND ";

    private static string Bounds(RunQuery query) =>
        (query.After is null ? "" : "(nominal, id) < (?2, ?3) AND ")
        + (query.From is null ? "" : "nominal >= ?4 AND ")
        + (query.Until is null ? "" : "nominal < ?5 AND ")
        + "1 ORDER BY nominal DESC, id DESC LIMIT ?1";

    private static IEnumerable<RunState> StatesOf(RunQuery query) =>
        query.States.IsEmpty ? Enum.GetValues<RunState>() : query.States.Distinct().Order();

    private static RunRecord? Row(Connection connection, RunKey key) => First(connection
        .Cached($"SELECT {Columns} FROM runs WHERE nominal = ?1 AND id = ?2")
        .Bind(1, key.Ticks).Bind(2, key.Id.ToString()));

    private static RunRecord? RowWithin(Connection connection, long ticks, RunId id) => First(connection
        .Cached($"SELECT {Columns} FROM runs WHERE nominal BETWEEN ?1 AND ?2 AND id = ?3")
        .Bind(1, ticks).Bind(2, ticks + RunKey.TicksPerMillisecond - 1).Bind(3, id.ToString()));

    private static RunRecord? First(Statement row)
    {
        if (!row.Step()) return null;
        try
        {
            return RunDocument.Read(RowOf(row));
        }
        finally
        {
            row.Reset();
        }
    }

    private static RunRow RowOf(Statement row) => new(
        row.Int64(0), row.Text(1), row.Text(2), row.Text(3), row.Int64(4), row.OptionalInt64(5), row.OptionalInt64(6),
        row.Text(7), row.Utf8(8).ToArray(), row.Text(9));
}
