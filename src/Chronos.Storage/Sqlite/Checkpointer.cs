using Chronos.Runtime.Ports;
using Microsoft.Extensions.Logging;
using static SQLitePCL.raw;

namespace Chronos.Storage.Sqlite;

/// <summary>Copies committed pages from the write-ahead log into the database file, so that the log stays short.
/// SQLite's own checkpoints run inside a commit and make every so many commits a hundred times slower. Here the bulk is
/// copied by a second connection while the writer goes on, and the writer copies only the few pages written since,
/// between two pieces of work; only with all pages copied does the log begin anew. Should writing outrun copying, the
/// writer waits at <see cref="LogPagesFactorMax"/> times the limit.</summary>
/// <remarks>SQLite before 3.51.3 can lose commits when a copying begins on a log that is all copied already while a
/// writer begins that log anew. So there is one copying at a time, it begins only when the log has pages to copy, and
/// <see cref="Finish"/> runs on the thread that writes.</remarks>
internal sealed partial class Checkpointer(
    Connection writer, string path, int pagesLimit, ILogger logger)
{
    private const int LogPagesFactorMax = 16;
    private Task<bool>? background;
    private long pagesInLog;

    /// <summary>Called on the writing thread after each piece of work.</summary>
    public void AfterWrite()
    {
        pagesInLog += writer.TakePagesWritten();
        if (background is null)
        {
            if (pagesInLog >= pagesLimit) background = Task.Run(CopyInBackground);
            return;
        }

        if (pagesInLog >= (long)pagesLimit * LogPagesFactorMax) background.Wait();
        if (!background.IsCompleted) return;
        if (background.Result) Finish();
        else pagesInLog = 0;
        background = null;
    }

    /// <summary>Called on the writing thread after a piece of work that failed; its pages do not count, because the log
    /// has none of them.</summary>
    public void AfterFailure() => writer.TakePagesWritten();

    /// <summary>Ends the copying in the background; called when no more work comes.</summary>
    public async Task CloseAsync()
    {
        if (background is not null) await background;
    }

    private void Finish()
    {
        try
        {
            var (logged, copied) = writer.Checkpoint(SQLITE_CHECKPOINT_PASSIVE);
            // A reader of an old commit keeps pages from being copied; they count towards the next checkpoint.
            pagesInLog = Math.Max(0, logged - copied);
        }
        catch (Exception error) when (error is StoreUnavailableException or StoreCorruptException)
        {
            LogCheckpointFailed(error);
            pagesInLog = 0;
        }
    }

    private bool CopyInBackground()
    {
        try
        {
            using var connection = Connection.Open(path, readOnly: false);
            connection.Execute("PRAGMA synchronous = FULL");
            connection.Checkpoint(SQLITE_CHECKPOINT_PASSIVE);
            return true;
        }
        catch (Exception error) when (error is StoreUnavailableException or StoreCorruptException)
        {
            // What was committed is safe in the log; the next checkpoint tries again.
            LogCheckpointFailed(error);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The write-ahead log could not be copied into the database")]
    private partial void LogCheckpointFailed(Exception error);
}
