using Chronos.ZooKeeper.Protocol;

namespace Chronos.ZooKeeper.Sessions;

/// <summary>One request on its way: waiting, then sent, then answered. Sent at most once.</summary>
internal abstract class Request(OpCode code, string path, Memory<byte> frame)
{
    /// <summary>Bytes before the body: the length, the id of the request, its kind.</summary>
    internal const int HeaderBytes = 12;

    internal OpCode Code { get; } = code;

    /// <summary>The path as the caller wrote it.</summary>
    internal string Path { get; } = path;

    /// <summary>The bytes to send; the request's id is filled in by the connection.</summary>
    internal Memory<byte> Frame { get; private set; } = frame;

    internal int Xid { get; private set; }

    /// <summary>When it was sent, as a time stamp of the monotonic clock.</summary>
    internal long SentAt { get; private set; }

    /// <summary>Nobody waits for it any more.</summary>
    internal abstract bool IsOver { get; }

    internal void MarkSent(int xid, long sentAt) => (Xid, SentAt, Frame) = (xid, sentAt, Memory<byte>.Empty);

    /// <summary>Gives the answer to who waits. Called in the order of the answers, by one thread.</summary>
    /// <exception cref="InvalidDataException">The answer cannot be read; nobody was told yet.</exception>
    internal abstract void Answer(ZooKeeperError error, ref JuteReader body);

    internal abstract void Fail(ZooKeeperException exception);

    /// <summary>Ends a request of the client's own, whose failure nobody is to hear of.</summary>
    internal abstract void Abandon();
}

/// <summary>Makes a result of an answer. An error that it does not know it throws as an exception.</summary>
internal delegate T ReadAnswer<out T>(ZooKeeperError error, ref JuteReader body);

internal sealed class Request<T>(OpCode code, string path, Memory<byte> frame, ReadAnswer<T> read)
    : Request(code, path, frame)
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration cancellation;

    internal Task<T> Task => completion.Task;

    internal override bool IsOver => completion.Task.IsCompleted;

    /// <summary>Cancels the wait, and the request itself where it has not been sent yet.</summary>
    internal void CancelWith(CancellationToken token) =>
        cancellation = token.UnsafeRegister(
            static (self, token) => ((Request<T>?)self)?.completion.TrySetCanceled(token), this);

    internal override void Answer(ZooKeeperError error, ref JuteReader body)
    {
        T result;
        try
        {
            result = read(error, ref body);
        }
        catch (ZooKeeperException e)
        {
            Fail(e);
            return;
        }

        completion.TrySetResult(result);
        cancellation.Unregister();
    }

    internal override void Fail(ZooKeeperException exception)
    {
        completion.TrySetException(exception);
        cancellation.Unregister();
    }

    internal override void Abandon() => completion.TrySetCanceled();
}
