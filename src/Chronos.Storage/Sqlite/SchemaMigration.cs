using Chronos.Runtime.Ports;

namespace Chronos.Storage.Sqlite;

/// <summary>Brings a database to the schema of this version: the number of scripts applied is its
/// <c>user_version</c>. Each script and its number are one transaction, so a crash in between leaves a database that
/// the next start brings forward from where it was.</summary>
internal static class SchemaMigration
{
    /// <summary>Refuses a database that is not ours, or ours from a later version, before anything changes
    /// it.</summary>
    /// <returns>Whether the database is new.</returns>
    public static bool Identify(Connection connection, int newest)
    {
        var applicationId = connection.Scalar("PRAGMA application_id");
        var version = connection.Scalar("PRAGMA user_version");
        var isEmpty = connection.Scalar("SELECT count(*) FROM sqlite_master") == 0;
        if (isEmpty && version == 0 && applicationId == 0) return true;
        if (applicationId != Schema.ApplicationId)
            throw new StoreCorruptException(
                $"'{connection.Path}' is a SQLite database of another program (application id {applicationId}). Move "
                + "it out of the data folder, or name another folder.");
        if (version > newest)
            throw new StoreCorruptException(
                $"'{connection.Path}' has schema version {version}, and this version of Chronos knows 1 to {newest}. "
                + "Run the version of Chronos that wrote it, or a later one.");
        return false;
    }

    /// <summary>Applies the scripts that the database lacks.</summary>
    /// <returns>The version before.</returns>
    public static long Apply(Connection connection, IReadOnlyList<string> scripts)
    {
        var before = connection.Scalar("PRAGMA user_version");
        for (var version = before; version < scripts.Count; version++)
            ApplyOne(connection, scripts[(int)version], version + 1);

        return before;
    }

    private static void ApplyOne(Connection connection, string script, long version)
    {
        try
        {
            connection.InWriteTransaction(() =>
            {
                connection.Execute(script);
                connection.Execute($"PRAGMA application_id = {Schema.ApplicationId}");
                connection.Execute($"PRAGMA user_version = {version}");
            });
        }
        catch (InvalidOperationException error)
        {
            throw new StoreCorruptException(
                $"'{connection.Path}' could not be brought from schema version {version - 1} to {version}, and is as "
                + $"it was. Run the version of Chronos that you ran before, and report this: {error.Message}", error);
        }
    }
}
