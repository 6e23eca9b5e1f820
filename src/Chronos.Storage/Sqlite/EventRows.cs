using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Storage.Sqlite;

/// <summary>Rows of <c>events</c>. They are listed in the order of their appending, which their ids follow too.
/// </summary>
internal static class EventRows
{
    private const char CursorMark = 'e';
    private const string Columns = "seq, id, at, job, kind, by, address, detail";
    private static readonly string[] Words =
        [.. Enum.GetNames<JobEventKind>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>The word for a kind in the column <c>kind</c>.</summary>
    public static string Word(JobEventKind kind) => Words[(int)kind];

    /// <summary>The statement that <see cref="List"/> runs.</summary>
    public static string StatementOf(EventQuery query)
    {
        var filter = query.JobName is null ? "" : "job = ?3 AND ";
        return $"SELECT {Columns} FROM events WHERE {filter}seq < ?1 ORDER BY seq DESC LIMIT ?2";
    }

    public static HistoryPage<EventRecord> List(Connection connection, EventQuery query)
    {
        var before = query.After is { } cursor ? FromCursor(cursor) : long.MaxValue;
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
                return new(items, ToCursor(last));
            }

            last = rows.Int64(0);
            items.Add(Read(rows));
        }

        return new(items, null);
    }

    private static EventRecord Read(Statement row)
    {
        var kind = Array.IndexOf(Words, row.Text(4));
        if (kind < 0) throw new FormatException($"The event '{row.Text(1)}' has the unknown kind '{row.Text(4)}'.");
        return new(row.Text(1), new(
            Instant.FromUnixTimeTicks(row.Int64(2)),
            row.Text(3),
            (JobEventKind)kind,
            new(row.Text(5), row.Text(6)),
            row.Text(7)));
    }

    private static string ToCursor(long seq)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, seq);
        return CursorMark + Base64Url.EncodeToString(bytes);
    }

    private static long FromCursor(string cursor)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        if (!RunKey.TryDecode(cursor, CursorMark, bytes)) throw RunKey.WrongCursor(cursor);
        return BinaryPrimitives.ReadInt64BigEndian(bytes);
    }
}
