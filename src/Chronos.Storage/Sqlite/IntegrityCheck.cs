using Chronos.Runtime.Ports;

namespace Chronos.Storage.Sqlite;

/// <summary>Looks for damage. What scheduling depends on is checked at each start: the pages of the state tables, and
/// after an unclean end also that their indexes agree. The history may be a hundred times larger and nothing is decided
/// by it, so it is checked in the background, and only after an unclean end; a query or a write that meets a damaged
/// page fails by itself.</summary>
internal static class IntegrityCheck
{
    private const int FindingsMax = 5;
    private static readonly string[] StateTables = ["definitions", "states", "meta", "fence"];
    private static readonly string[] HistoryTables = ["runs", "run_labels", "events"];

    public static void CheckState(Connection connection, bool thorough)
    {
        foreach (var table in StateTables) Check(connection, thorough ? "integrity_check" : "quick_check", table);
    }

    public static void CheckHistory(Connection connection)
    {
        foreach (var table in HistoryTables) Check(connection, "quick_check", table);
    }

    private static void Check(Connection connection, string pragma, string table)
    {
        // With the name of a table SQLite checks that table alone, and without a number up to 100 findings.
        var findings = Findings(connection, pragma, table);
        if (findings is ["ok"]) return;
        var told = string.Join("; ", findings.SelectMany(f => f.Split('\n')).Take(FindingsMax));
        throw SqliteFault.Damaged(connection.Path, $"table {table}: {told}");
    }

    private static List<string> Findings(Connection connection, string pragma, string table)
    {
        try
        {
            return connection.Texts($"PRAGMA {pragma}('{table}')");
        }
        catch (Exception error) when (error is StoreCorruptException or InvalidOperationException)
        {
            // Some garbage makes SQLite fail in the middle of the check instead of reporting a finding.
            throw new StoreCorruptException(
                SqliteFault.Damaged(connection.Path, $"table {table} cannot be read").Message, error);
        }
    }
}
