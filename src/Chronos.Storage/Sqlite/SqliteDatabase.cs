using Chronos.Runtime.Ports;
using Chronos.Storage.History;
using Microsoft.Extensions.Logging;
using static SQLitePCL.raw;

namespace Chronos.Storage.Sqlite;

/// <summary>The database of a data folder: <c>chronos.db</c>. One process has it at a time. Made once per node and
/// shared by <see cref="SqliteStateStore"/> and <see cref="SqliteRunHistory"/>, so that a commit writes documents and
/// history in one transaction.</summary>
public sealed partial class SqliteDatabase : IAsyncDisposable
{
    private const string FileName = "chronos.db";

    /// <summary>A log that grew beyond this is cut back when it begins anew.</summary>
    private const int LogBytesKept = 64 * 1024 * 1024;

    private readonly FolderLock folderLock;
    private readonly Connection connection;
    private readonly Checkpointer checkpointer;
    private readonly CancellationTokenSource closing = new();
    private readonly ILogger logger;
    private bool isDisposed;

    private SqliteDatabase(FolderLock folderLock, Connection connection, SqliteOptions options, ILogger logger)
    {
        this.folderLock = folderLock;
        this.connection = connection;
        this.logger = logger;
        Path = connection.Path;
        checkpointer = new(connection, Path, options.CheckpointPages, logger);
        Writer = new(connection, checkpointer);
        Readers = new(Path, options);
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>What is wrong with the history, for people and health checks; empty: nothing is known to be.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Ends when the check of the history that follows an unclean end is done; never fails.</summary>
    public Task HistoryCheck { get; private set; } = Task.CompletedTask;

    internal Writer Writer { get; }

    internal ReaderPool Readers { get; }

    internal TouchedJobs Touched { get; } = new();

    /// <summary>Takes the data folder, and opens, checks and if need be creates or migrates its database.</summary>
    /// <exception cref="StoreCorruptException">The folder or file cannot be used; the message says what to do.
    /// </exception>
    /// <exception cref="StoreUnavailableException">The disk is full or failing; try again.</exception>
    public static Task<SqliteDatabase> OpenAsync(
        SqliteOptions options, ILogger<SqliteDatabase> logger, CancellationToken cancellationToken) =>
        OpenAsync(options, Schema.Migrations, logger, cancellationToken);

    internal static Task<SqliteDatabase> OpenAsync(
        SqliteOptions options, IReadOnlyList<string> migrations, ILogger logger, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Task.Run(() => Open(options, migrations, logger), cancellationToken);
    }

    /// <summary>The newest term that has taken the store; 0: none yet. A node without an election leads the next.
    /// </summary>
    public Task<long> ReadTermAsync(CancellationToken cancellationToken) =>
        Readers.ReadAsync(reader => reader.Scalar("SELECT term FROM fence"), cancellationToken);

    /// <summary>Does what was begun, moves everything into the database file and gives up the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        await closing.CancelAsync();
        await HistoryCheck;
        await Writer.CloseAsync();
        await checkpointer.CloseAsync();
        await Readers.CloseAsync();
        Close();
        Writer.Dispose();
        Readers.Dispose();
        closing.Dispose();
    }

    /// <summary>Makes damage that a check or a query has found known.</summary>
    internal void NoteHistoryDamage(Exception error)
    {
        if (Problem.Length == 0) LogHistoryDamaged(error);
        Problem = error.Message;
    }

    private static SqliteDatabase Open(SqliteOptions options, IReadOnlyList<string> migrations, ILogger logger)
    {
        var folderLock = FolderLock.Acquire(options.Folder);
        Connection? connection = null;
        try
        {
            var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(options.Folder, FileName));
            var wasClean = !HasContent(path + "-wal");
            if (!wasClean && !HasContent(path)) throw LogWithoutDatabase(path);
            KeepPrivate(path);
            connection = Connection.Open(path, readOnly: false);
            // Whoever examines a file that is refused here needs it as it was, with its log.
            connection.LetCloseCopyLog(false);
            var version = Prepare(connection, options, migrations, wasClean);
            connection.LetCloseCopyLog(true);
            var database = new SqliteDatabase(folderLock, connection, options, logger);
            database.LogOpened(path, version, migrations.Count, wasClean);
            if (!wasClean) database.HistoryCheck = database.CheckHistoryAsync();
            return database;
        }
        catch
        {
            connection?.Dispose();
            folderLock.Dispose();
            throw;
        }
    }

    private static bool HasContent(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };

    /// <summary>SQLite would take this for a new database, and delete the log.</summary>
    private static StoreCorruptException LogWithoutDatabase(string path) => new(
        $"'{path}' is missing or empty, and '{path}-wal' has commits that belong to it. Put the file back, or restore "
        + "the whole folder from a backup; to begin anew, remove both.");

    /// <summary>Definitions hold secrets. SQLite gives its other files the mode of the database.</summary>
    private static void KeepPrivate(string path)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (OperatingSystem.IsWindows()) return;
        try
        {
            if (!File.Exists(path))
                new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = ownerOnly,
                }).Dispose();
            foreach (var file in new[] { path, path + "-wal", path + "-shm" })
                if (File.Exists(file)) File.SetUnixFileMode(file, ownerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreCorruptException($"'{path}' cannot be made private to its owner: {e.Message}", e);
        }
    }

    private static long Prepare(
        Connection connection, SqliteOptions options, IReadOnlyList<string> migrations, bool wasClean)
    {
        if (connection.IsReadOnly)
            throw new StoreCorruptException(
                $"'{connection.Path}' cannot be written by user '{Environment.UserName}'. Change its owner or its "
                + "permissions.");
        var isNew = SchemaMigration.Identify(connection, migrations.Count);
        // Before anything is written: a migration would spread damage, and the file is evidence.
        if (!isNew) IntegrityCheck.CheckState(connection, thorough: !wasClean);
        connection.Execute("PRAGMA page_size = 4096");
        if (connection.Texts("PRAGMA journal_mode = WAL") is not ["wal"])
            throw new StoreCorruptException(
                $"The file system of '{connection.Path}' has no shared memory, which a write-ahead log needs. Use a "
                + "folder on a local disk.");
        connection.Execute("PRAGMA synchronous = FULL");
        connection.Execute("PRAGMA mmap_size = 0");
        connection.Execute("PRAGMA temp_store = MEMORY");
        connection.Execute("PRAGMA wal_autocheckpoint = 0");
        connection.Execute($"PRAGMA journal_size_limit = {LogBytesKept}");
        connection.Execute($"PRAGMA cache_size = -{options.WriterCacheKiB}");
        return SchemaMigration.Apply(connection, migrations);
    }

    private async Task CheckHistoryAsync()
    {
        try
        {
            await Readers.ReadAsync(
                reader =>
                {
                    IntegrityCheck.CheckHistory(reader);
                    return true;
                },
                closing.Token);
        }
        catch (OperationCanceledException)
        {
            LogHistoryCheckCancelled();
        }
        catch (Exception error) when (error is StoreCorruptException or StoreUnavailableException)
        {
            NoteHistoryDamage(error);
        }
    }

    private void Close()
    {
        try
        {
            connection.Checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
        }
        catch (Exception error) when (error is StoreUnavailableException or StoreCorruptException)
        {
            // Nothing is lost: the log stays beside the file, and the next start reads it.
            LogCloseFailed(error);
        }
        finally
        {
            connection.Dispose();
            folderLock.Dispose();
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Opened {Path}, schema {Before} brought to {Version}, cleanly closed before: {WasClean}")]
    private partial void LogOpened(string path, long before, int version, bool wasClean);

    [LoggerMessage(Level = LogLevel.Error, Message = "The run history is damaged")]
    private partial void LogHistoryDamaged(Exception error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The check of the history ended early: the database closes")]
    private partial void LogHistoryCheckCancelled();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The write-ahead log could not be moved into the database")]
    private partial void LogCloseFailed(Exception error);
}
