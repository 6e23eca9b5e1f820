using System.Collections.Concurrent;

namespace Chronos.Storage.Sqlite;

/// <summary>The thread that writes. Everything that changes the database is done here, one piece after the other, so
/// no writer ever waits for a lock of the database, and the node loop is free while a commit waits for the disk.
/// </summary>
internal sealed class Writer : IDisposable
{
    private readonly BlockingCollection<Func<bool>> queue = [];
    private readonly Connection connection;
    private readonly Checkpointer checkpointer;
    private readonly Thread thread;

    public Writer(Connection connection, Checkpointer checkpointer)
    {
        this.connection = connection;
        this.checkpointer = checkpointer;
        thread = new Thread(Work) { IsBackground = true, Name = "chronos-sqlite-writer" };
        thread.Start();
    }

    /// <summary>Does a piece of work on the writing thread, after those that came before.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="cancellationToken">Gives up waiting. Work that was begun is finished nevertheless; work that was
    /// not is never begun, so that it does not read what its caller has since used for something else.</param>
    public Task<T> WriteAsync<T>(Func<Connection, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            queue.Add(() => Answer(work, answer, cancellationToken), CancellationToken.None);
        }
        catch (InvalidOperationException error)
        {
            throw new ObjectDisposedException("The database is closed.", error);
        }

        return cancellationToken.CanBeCanceled ? answer.Task.WaitAsync(cancellationToken) : answer.Task;
    }

    /// <summary>Does what is in the queue, and ends.</summary>
    public async Task CloseAsync()
    {
        if (queue.IsAddingCompleted) return;
        queue.CompleteAdding();
        await Task.Run(thread.Join);
    }

    public void Dispose() => queue.Dispose();

    private void Work()
    {
        foreach (var work in queue.GetConsumingEnumerable())
        {
            var isDone = work();
            // After the answer, so that nobody waits for a checkpoint but the next piece of work.
            if (isDone) checkpointer.AfterWrite();
            else checkpointer.AfterFailure();
        }
    }

    private bool Answer<T>(
        Func<Connection, T> work, TaskCompletionSource<T> answer, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            answer.SetResult(work(connection));
            return true;
        }
        catch (Exception error)
        {
            // The caller gets it; this thread outlives a failed piece of work.
            connection.EndWork();
            answer.SetException(error is FormatException format
                ? SqliteFault.NotUnderstood(connection.Path, format)
                : error);
            return false;
        }
    }
}
