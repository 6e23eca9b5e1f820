using SQLitePCL;
using static SQLitePCL.raw;

namespace Chronos.Storage.Sqlite;

/// <summary>A connection to the database, used by one thread at a time. It speaks to SQLite directly: ADO.NET costs
/// several objects per row, and rows are what this store is made of.</summary>
internal sealed class Connection : IDisposable
{
    private const int BusyTimeoutMilliseconds = 5_000;
    private const int CachedStatementsMax = 200;
    private static readonly Lock InitLock = new();
    private static bool isInitialised;
    private readonly sqlite3 handle;
    private readonly List<Statement> statements = [];
    private readonly Dictionary<string, Statement> cached = [];

    private Connection(sqlite3 handle, string path)
    {
        this.handle = handle;
        Path = path;
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => sqlite3_get_autocommit(handle) == 0;

    /// <summary>Whether the file could only be opened for reading.</summary>
    public bool IsReadOnly => sqlite3_db_readonly(handle, "main") == 1;

    /// <summary>Rows changed by the last statement.</summary>
    public int Changes => sqlite3_changes(handle);

    public static Connection Open(string path, bool readOnly)
    {
        Initialise();
        var flags = (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
            | SQLITE_OPEN_NOMUTEX;
        var code = sqlite3_open_v2(path, out var handle, flags, null);
        var connection = new Connection(handle, path);
        try
        {
            connection.Check(code);
            connection.Check(sqlite3_extended_result_codes(handle, 1));
            connection.Check(sqlite3_busy_timeout(handle, BusyTimeoutMilliseconds));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Compiles a statement that lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        var prepared = new Statement(this, Compile(sql));
        statements.Add(prepared);
        return prepared;
    }

    /// <summary>Compiles a statement that its caller disposes of.</summary>
    public Statement Open(string sql) => new(this, Compile(sql));

    /// <summary>A statement that is compiled when its text is first asked for.</summary>
    public Statement Cached(string sql)
    {
        if (cached.TryGetValue(sql, out var statement)) return statement;
        // Queries come in a few hundred forms, of which few are in use.
        if (cached.Count >= CachedStatementsMax) ForgetCached();
        statement = new(this, Compile(sql));
        cached.Add(sql, statement);
        return statement;
    }

    /// <summary>Ends what is open: queries between two rows and a transaction, which is rolled back.</summary>
    public void EndWork()
    {
        foreach (var statement in statements) statement.Reset();
        foreach (var statement in cached.Values) statement.Reset();
        // SQLite has rolled back by itself after some errors, such as a full disk, and not after others.
        if (InTransaction) sqlite3_exec(handle, "ROLLBACK");
    }

    /// <summary>Pages that this connection has written since it was asked before.</summary>
    public int TakePagesWritten()
    {
        // SQLite counts to 2^31 and begins again at 0; reset each time, it never gets there.
        sqlite3_db_status(handle, SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, resetFlg: 1);
        return pages;
    }

    /// <summary>Whether closing may copy the write-ahead log into the database, if this is the last connection.
    /// </summary>
    public void LetCloseCopyLog(bool allowed) => Check(
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, allowed ? 0 : 1, out _));

    /// <summary>Ends a running query of another thread.</summary>
    public void Interrupt() => sqlite3_interrupt(handle);

    /// <summary>Runs statements that return nothing of interest.</summary>
    public void Execute(string sql) => Check(sqlite3_exec(handle, sql));

    /// <summary>The first column of the first row; 0 where there is none.</summary>
    public long Scalar(string sql)
    {
        using var statement = new Statement(this, Compile(sql));
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>The first column of each row, as text.</summary>
    public List<string> Texts(string sql)
    {
        using var statement = new Statement(this, Compile(sql));
        var texts = new List<string>();
        while (statement.Step()) texts.Add(statement.Text(0));
        return texts;
    }

    /// <summary>Runs <paramref name="work"/> in a write transaction: all of it happens, or nothing. Leaves no
    /// transaction open, whatever happens.</summary>
    public void InWriteTransaction(Action work)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            work();
            Execute("COMMIT");
        }
        finally
        {
            if (InTransaction) EndWork();
        }
    }

    /// <summary>Copies pages from the write-ahead log into the database without waiting for anybody.</summary>
    /// <param name="mode">How hard to try, <c>SQLITE_CHECKPOINT_PASSIVE</c> and so on.</param>
    /// <returns>Pages in the log, and how many of them are in the database now.</returns>
    public (int Logged, int Copied) Checkpoint(int mode)
    {
        Check(sqlite3_wal_checkpoint_v2(handle, "main", mode, out var logged, out var copied));
        return (logged, copied);
    }

    public void Check(int code)
    {
        if (code is SQLITE_OK or SQLITE_ROW or SQLITE_DONE) return;
        var extended = sqlite3_extended_errcode(handle);
        // A failed call that left no trace on the handle, such as a failed open, still has its own code.
        if ((extended & 0xFF) != (code & 0xFF)) extended = code;
        throw SqliteFault.From(extended, sqlite3_errmsg(handle).utf8_to_string(), Path);
    }

    public void Dispose()
    {
        foreach (var statement in statements) statement.Dispose();
        statements.Clear();
        ForgetCached();
        handle.Dispose();
    }

    private void ForgetCached()
    {
        foreach (var statement in cached.Values) statement.Dispose();
        cached.Clear();
    }

    private static void Initialise()
    {
        lock (InitLock)
        {
            if (isInitialised) return;
            Batteries_V2.Init();
            isInitialised = true;
        }
    }

    private sqlite3_stmt Compile(string sql)
    {
        Check(sqlite3_prepare_v2(handle, sql, out var statement));
        return statement;
    }
}
