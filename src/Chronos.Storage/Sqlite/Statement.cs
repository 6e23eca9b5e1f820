using System.Text;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Chronos.Storage.Sqlite;

/// <summary>A compiled statement. Parameters are numbered from 1 and columns from 0, as in SQLite.</summary>
internal sealed class Statement(Connection connection, sqlite3_stmt handle) : IDisposable
{
    private const int StackTextBytesMax = 512;

    public Statement Bind(int index, long value)
    {
        connection.Check(sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public Statement Bind(int index, long? value)
    {
        if (value is { } number) return Bind(index, number);
        connection.Check(sqlite3_bind_null(handle, index));
        return this;
    }

    /// <summary>Binds UTF-8 text.</summary>
    public Statement Bind(int index, ReadOnlySpan<byte> utf8)
    {
        // An empty span has no address, and SQLite takes no address for NULL.
        connection.Check(utf8.IsEmpty
            ? sqlite3_bind_text(handle, index, "")
            : sqlite3_bind_text(handle, index, utf8));
        return this;
    }

    public Statement Bind(int index, string text)
    {
        var bytesMax = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (bytesMax > StackTextBytesMax) return Bind(index, Encoding.UTF8.GetBytes(text));
        Span<byte> utf8 = stackalloc byte[StackTextBytesMax];
        return Bind(index, utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one; if not, the statement is ready to be run again.</returns>
    public bool Step()
    {
        var code = sqlite3_step(handle);
        if (code == SQLITE_ROW) return true;
        if (code == SQLITE_DONE)
        {
            sqlite3_reset(handle);
            return false;
        }

        FailNeedsReset(code);
        return false;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run()
    {
        if (!Step()) return;
        Reset();
        throw new InvalidOperationException("A statement returned a row where none was expected.");
    }

    /// <summary>Ends a query before its last row, which ends its read transaction.</summary>
    public void Reset() => sqlite3_reset(handle);

    public bool IsNull(int column) => sqlite3_column_type(handle, column) == SQLITE_NULL;

    public long Int64(int column) => sqlite3_column_int64(handle, column);

    public long? OptionalInt64(int column) => IsNull(column) ? null : Int64(column);

    /// <summary>Text as UTF-8; valid until the next step.</summary>
    public ReadOnlySpan<byte> Utf8(int column) => sqlite3_column_blob(handle, column);

    public string Text(int column) => Encoding.UTF8.GetString(Utf8(column));

    public void Dispose() => handle.Dispose();

    private void FailNeedsReset(int code)
    {
        // The message belongs to the failed step; resetting first would lose it.
        try
        {
            // No row is written larger than SQLite takes, so one that is so large when read is garbage.
            if ((code & 0xFF) == SQLITE_TOOBIG) throw SqliteFault.Damaged(connection.Path, "a row is impossibly large");
            connection.Check(code);
        }
        finally
        {
            sqlite3_reset(handle);
        }
    }
}
