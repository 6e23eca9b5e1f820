using System.Text;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Storage.History;
using Npgsql;

namespace Chronos.Storage.PostgreSql;

/// <summary>Finds runs. A filter by states or by a label asks for each state apart, because an index has them apart; so
/// a page costs a few seeks whatever the filter.</summary>
internal static class RunListing
{
    private const string Columns = "r.nominal, r.id, job, r.state, created, started, ended, owner, json, cause";

    public static async Task<HistoryPage<RunRecord>> ListAsync(
        NpgsqlConnection connection, RunQuery query, CancellationToken cancellationToken)
    {
        var (sql, values) = Statement(query);
        var items = await ReadAsync(connection, sql, values, cancellationToken);
        if (items.Count <= query.Limit) return new(items, null);
        items.RemoveAt(query.Limit);
        return new(items, RunKey.Of(items[^1].Run).ToCursor());
    }

    public static async Task<RunRecord?> FindAsync(
        NpgsqlConnection connection, RunId id, CancellationToken cancellationToken)
    {
        var (after, before) = RunKey.TicksOf(id);
        const long last = RunKey.TicksPerMillisecond - 1;
        var found = await ReadAsync(
            connection,
            $"SELECT {Columns} FROM runs r WHERE id = $1 AND (nominal BETWEEN $2 AND $3 OR nominal BETWEEN $4 AND $5)",
            [id.ToString(), after, after + last, before, before + last],
            cancellationToken);
        return found.FirstOrDefault();
    }

    private static (string Sql, object[] Values) Statement(RunQuery query)
    {
        var values = new List<object>();
        string Bind(object value)
        {
            values.Add(value);
            return $"${values.Count}";
        }

        var order = $"ORDER BY nominal DESC, id DESC LIMIT {Bind(query.Limit + 1)}";
        var bounds = new StringBuilder();
        if (query.After is { } cursor)
        {
            var after = RunKey.FromCursor(cursor);
            bounds.Append($" AND (r.nominal, r.id) < ({Bind(after.Ticks)}, {Bind(after.Id.ToString())})");
        }

        if (query.From is { } from) bounds.Append($" AND r.nominal >= {Bind(RunKey.TicksFrom(from))}");
        if (query.Until is { } until) bounds.Append($" AND r.nominal < {Bind(RunKey.TicksFrom(until))}");
        if (query.JobName is { } job) bounds.Append($" AND r.job = {Bind(job)}");
        var labelled = query.Label is { } label
            ? $"JOIN run_labels l ON l.key = {Bind(label.Key)} AND l.value = {Bind(label.Value)} AND l.state = r.state "
                + "AND l.nominal = r.nominal AND l.id = r.id"
            : "";
        if (query.States.IsEmpty && query.Label is null)
            return ($"SELECT {Columns} FROM runs r WHERE true{bounds} {order}", [.. values]);
        IEnumerable<RunState> states =
            query.States.IsEmpty ? Enum.GetValues<RunState>() : query.States.Distinct().Order();
        var parts = states.Select(state =>
            $"(SELECT {Columns} FROM runs r {labelled} WHERE r.state = '{RunJson.Word(state)}'{bounds} "
            + $"ORDER BY r.nominal DESC, r.id DESC LIMIT $1)");
        return ($"SELECT * FROM ({string.Join(" UNION ALL ", parts)}) AS page {order}", [.. values]);
    }

    private static async Task<List<RunRecord>> ReadAsync(
        NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var records = new List<RunRecord>();
        while (await reader.ReadAsync(cancellationToken)) records.Add(RunDocument.Read(RowOf(reader)));
        return records;
    }

    private static RunRow RowOf(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4), Optional(row, 5),
        Optional(row, 6), row.GetString(7), row.GetFieldValue<byte[]>(8), row.GetString(9));

    private static long? Optional(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetInt64(column);
}
