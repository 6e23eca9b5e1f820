using Chronos.Runtime.Ports;
using Chronos.Storage.History;

namespace Chronos.Storage.Sqlite;

/// <summary>The statements of a commit, compiled once; used on the writing thread only.</summary>
internal sealed class CommitStatements(Connection connection, TouchedJobs touched)
{
    private readonly Statement readFence = connection.Prepare("SELECT term, batch FROM fence");
    private readonly Statement writeFence = connection.Prepare("UPDATE fence SET term = ?1, batch = ?2");
    private readonly Statement[] puts = [.. Tables.Select(table => connection.Prepare(
        $"INSERT INTO {table} (name, json) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET json = excluded.json"))];

    private readonly Statement[] deletes =
        [.. Tables.Select(table => connection.Prepare($"DELETE FROM {table} WHERE name = ?1"))];

    private readonly HistoryStatements history = new(connection, touched);

    /// <summary>In the order of <see cref="DocumentKind"/>.</summary>
    private static string[] Tables => ["definitions", "states", "meta"];

    public (long Term, long Batch) ReadFence()
    {
        if (!readFence.Step()) throw SqliteFault.Damaged(connection.Path, "the table fence has no row");
        var fence = (readFence.Int64(0), readFence.Int64(1));
        readFence.Reset();
        return fence;
    }

    public void WriteFence(long term, long batch) => writeFence.Bind(1, term).Bind(2, batch).Run();

    public void Write(CommitUnit unit)
    {
        foreach (var change in unit.Documents)
        {
            var kind = (int)change.Key.Kind;
            if (change.Json is { } json) puts[kind].Bind(1, change.Key.Name).Bind(2, json.Span).Run();
            else deletes[kind].Bind(1, change.Key.Name).Run();
        }

        foreach (var record in unit.Records) history.Write(record);
    }
}
