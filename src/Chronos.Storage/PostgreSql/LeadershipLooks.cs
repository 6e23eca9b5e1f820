using System.Diagnostics;
using Chronos.Runtime.Ports;
using Npgsql;

namespace Chronos.Storage.PostgreSql;

/// <summary>Looks at who leads, again and again over one connection, and measures for how long nothing has changed.
/// </summary>
internal sealed class LeadershipLooks(PostgreSqlDatabase database, string sql) : IAsyncDisposable
{
    /// <summary>What is notified of a change.</summary>
    public const string Channel = "chronos_leadership";

    private NpgsqlConnection? connection;
    private LeadershipRow? last;
    private long unchangedSince;

    /// <summary>Whether nobody leads: the leader resigned, or has not renewed for its lease.</summary>
    public bool IsVacant => last is not null && (last.Member is null
        || Stopwatch.GetElapsedTime(unchangedSince).TotalMilliseconds >= last.LeaseMilliseconds);

    public async Task<LeadershipRow> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (connection is null)
            {
                connection = await database.OpenAsync(cancellationToken);
                await connection.ExecuteAsync($"LISTEN {Channel}", cancellationToken);
            }

            var row = await ReadAsync(connection, sql, cancellationToken);
            // After the answer, so that the renewal cannot be younger than this.
            if (row != last) (last, unchangedSince) = (row, Stopwatch.GetTimestamp());
            return row;
        }
        catch (Exception e) when (database.Translate(e, cancellationToken) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Waits for a change that is notified, or for that time.</summary>
    public async Task WaitAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            if (connection is { } listening) await listening.WaitAsync(patience, cancellationToken);
        }
        catch (Exception e) when (database.Translate(e, cancellationToken) is { } known)
        {
            throw known;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null) await connection.DisposeAsync();
    }

    internal static async Task<LeadershipRow> ReadAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(sql);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        if (!await rows.ReadAsync(cancellationToken))
            throw new StoreCorruptException("The table leadership has no row. Restore a backup.");
        return new(
            rows.GetInt64(0), rows.IsDBNull(1) ? null : rows.GetString(1), rows.GetString(2), rows.GetString(3),
            rows.GetString(4), rows.GetInt64(5), rows.GetInt64(6));
    }
}
