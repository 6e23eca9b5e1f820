using Chronos.Runtime.Ports;
using Chronos.Storage.History;
using NodaTime;

namespace Chronos.Storage.Sqlite;

/// <summary>Rows of <c>events</c>. They are listed in the order of their appending, which their ids follow too.
/// </summary>
internal static class EventRows
{
    private const string Columns = "seq, id, at, job, kind, by, address, detail";

    /// <summary>The statement that <see cref="List"/> runs.</summary>
    public static string StatementOf(EventQuery query)
    {
        var filter = query.JobName is null ? "" : "job = ?3 AND ";
        return $"SELECT {Columns} FROM events WHERE {filter}seq < ?1 ORDER BY seq DESC LIMIT ?2";
    }

    public static HistoryPage<EventRecord> List(Connection connection, EventQuery query)
    {
        var before = query.After is { } cursor ? EventWords.FromCursor(cursor) : long.MaxValue;
        var rows = connection.Cached(StatementOf(query));
        rows.Bind(1, before).Bind(2, query.Limit + 1);
        if (query.JobName is not null) rows.Bind(3, query.JobName);
        var items = new List<EventRecord>();
        var last = before;
        while (rows.Step())
        {
            if (items.Count == query.Limit)
            {
                rows.Reset();
                return new(items, EventWords.ToCursor(last));
            }

            last = rows.Int64(0);
            items.Add(Read(rows));
        }

        return new(items, null);
    }

    private static EventRecord Read(Statement row) => new(row.Text(1), new(
        Instant.FromUnixTimeTicks(row.Int64(2)),
        row.Text(3),
        EventWords.KindOf(row.Text(1), row.Text(4)),
        new(row.Text(5), row.Text(6)),
        row.Text(7)));
}
