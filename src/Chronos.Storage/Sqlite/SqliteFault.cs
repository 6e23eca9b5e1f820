using Chronos.Runtime.Ports;
using static SQLitePCL.raw;

namespace Chronos.Storage.Sqlite;

/// <summary>Turns result codes of SQLite into the exceptions of the ports: what may pass is unavailable, what needs
/// a person is corrupt, and what only a wrong statement causes is a bug.</summary>
internal static class SqliteFault
{
    /// <summary>The exception for a failed call.</summary>
    /// <param name="extended">The extended result code.</param>
    /// <param name="message">What SQLite says.</param>
    /// <param name="path">The database file.</param>
    public static Exception From(int extended, string message, string path)
    {
        var detail = $"'{path}': {message} (SQLite code {extended})";
        return (extended & 0xFF) switch
        {
            SQLITE_CORRUPT or SQLITE_NOTADB or SQLITE_FORMAT => Damaged(path, $"{message} (SQLite code {extended})"),
            SQLITE_FULL => new StoreUnavailableException(
                $"The disk is full. Free space on the file system of {detail}."),
            SQLITE_BUSY or SQLITE_LOCKED or SQLITE_PROTOCOL => new StoreUnavailableException(
                "The database is locked by another program, such as a sqlite3 shell in a transaction. Close it: "
                + $"{detail}."),
            SQLITE_IOERR or SQLITE_NOMEM or SQLITE_CANTOPEN or SQLITE_READONLY or SQLITE_PERM or SQLITE_NOLFS =>
                new StoreUnavailableException($"The database cannot be read or written now: {detail}."),
            SQLITE_INTERRUPT => new OperationCanceledException($"A query was interrupted: {detail}."),
            SQLITE_TOOBIG => new InvalidOperationException($"A document is larger than SQLite takes: {detail}."),
            _ => new InvalidOperationException($"SQLite refused a statement: {detail}."),
        };
    }

    /// <summary>The exception for a row that SQLite reads without complaint and that makes no sense.</summary>
    public static StoreCorruptException NotUnderstood(string path, FormatException error) => new(
        $"{Damaged(path, $"a row cannot be understood ({error.Message})").Message}", error);

    /// <summary>The exception for a file with wrong content.</summary>
    public static StoreCorruptException Damaged(string path, string finding) => new(
        $"The database '{path}' is damaged: {finding}. Stop Chronos, copy the whole folder aside, check the disk, and "
        + $"restore '{path}' from a backup, or try: sqlite3 '{path}' .recover | sqlite3 recovered.db");
}
