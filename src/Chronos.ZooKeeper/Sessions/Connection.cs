using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Chronos.ZooKeeper.Protocol;

namespace Chronos.ZooKeeper.Sessions;

/// <summary>One connection of a session while it lasts: sends what is queued, many requests at a time, hands answers
/// out in the order of the requests, keeps the session alive, and leaves a server that is silent.</summary>
internal sealed class Connection(
    Link link, Ticket ticket, WatchTable watches, Channel<Request> queue, TimeProvider time)
{
    private const int BatchBytes = 64 * 1024;
    private const int GuardsPerTimeout = 20;
    private readonly ConcurrentQueue<Request> sent = new();
    private readonly ArrayBufferWriter<byte> batch = new(BatchBytes);
    private readonly long startedAt = time.GetTimestamp();
    private int lastXid;
    private long sentAt;
    private volatile Request? ping;
    private bool isClosed;

    /// <summary>So long that a loss is a new story, not the same server failing again and again.</summary>
    internal bool HasLasted => time.GetElapsedTime(startedAt) > ticket.Timeout / 3;

    /// <summary>Serves the session until the connection breaks or the token ends it. Requests under way then fail.
    /// </summary>
    /// <returns>Why it broke; null: the server has closed the session as asked.</returns>
    internal async Task<Exception?> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] loops = [ReadAsync(stop.Token), WriteAsync(stop.Token), GuardAsync(stop.Token)];
        var first = await Task.WhenAny(loops);
        await stop.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await link.Stream.DisposeAsync();
        FailRequests();

        var defect = loops.Select(l => l.Exception?.InnerException).FirstOrDefault(e => e is not null && !IsLoss(e));
        if (defect is not null) throw new InvalidOperationException("The ZooKeeper client has a defect.", defect);
        if (isClosed) return null;
        return first.Exception?.InnerException ?? new OperationCanceledException(cancellationToken);
    }

    /// <summary>Whether an exception tells of the connection or the peer, and not of a defect.</summary>
    internal static bool IsLoss(Exception e) =>
        e is IOException or SocketException or InvalidDataException or TimeoutException or OperationCanceledException;

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (!isClosed) Handle(await link.Frames.ReadAsync(cancellationToken));
    }

    private void Handle(Frame frame)
    {
        var reader = new JuteReader(frame.Body.Span);
        var header = ReplyHeader.Read(ref reader);
        switch (header.Xid)
        {
            case Xid.Notification:
                watches.Fire(ref reader);
                break;
            case Xid.Ping:
                if (ping is not { } answered) throw new InvalidDataException("A ping that was not sent is answered.");
                ticket.SeeContact(answered.SentAt);
                ping = null;
                break;
            case Xid.SetWatches:
                if (header.Error != ZooKeeperError.None)
                    throw new InvalidDataException($"The server did not take over the watches: {header.Error}.");
                break;
            default:
                Answer(header, frame, ref reader);
                break;
        }
    }

    private void Answer(ReplyHeader header, Frame frame, ref JuteReader reader)
    {
        if (!sent.TryPeek(out var request) || request.Xid != header.Xid)
            throw new InvalidDataException($"The answer {header.Xid} is for no request.");
        if (header.Zxid > 0) ticket.SeeZxid(header.Zxid);
        ticket.SeeContact(request.SentAt);
        if (frame.IsCut) request.Fail(TooLarge(request, frame.LengthBytes));
        else request.Answer(header.Error, ref reader);
        sent.TryDequeue(out _); // only now: an answer that cannot be read leaves the request to fail with the others
        isClosed = request.Code == OpCode.CloseSession;
    }

    private static ZooKeeperException TooLarge(Request request, int lengthBytes) => new(
        ZooKeeperError.ReplyTooLarge, request.Path,
        ZooKeeperException.Place(request.Path) + $"the answer has {lengthBytes} bytes, more than "
            + $"{nameof(ZooKeeperOptions.ReplyBytesMax)} allows; raise it, or keep less in this node or below it.",
        cause: null);

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        AppendWatches();
        if (batch.WrittenCount > 0) await SendBatchAsync(cancellationToken);
        while (await queue.Reader.WaitToReadAsync(cancellationToken))
        {
            while (batch.WrittenCount < BatchBytes && queue.Reader.TryRead(out var request)) Append(request);
            await SendBatchAsync(cancellationToken);
        }

        // Nothing more will be queued: the client closes.
        var frame = RequestFrame.End(RequestFrame.Begin(OpCode.CloseSession, Request.HeaderBytes), "", int.MaxValue);
        Append(new Request<bool>(OpCode.CloseSession, "", frame, (ZooKeeperError _, ref JuteReader _) => true));
        await SendBatchAsync(cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    private async ValueTask SendBatchAsync(CancellationToken cancellationToken)
    {
        await link.Stream.WriteAsync(batch.WrittenMemory, cancellationToken);
        batch.ResetWrittenCount();
    }

    private void Append(Request request)
    {
        if (request.IsOver) return; // given up while it waited, or a ping of a connection that is gone
        var isPing = request.Code == OpCode.Ping;
        var xid = isPing ? Xid.Ping : NextXid();
        var frame = request.Frame.Span;
        RequestFrame.SetXid(frame, xid);
        batch.Write(frame);
        var now = time.GetTimestamp();
        request.MarkSent(xid, now);
        Volatile.Write(ref sentAt, now);
        if (!isPing) sent.Enqueue(request);
    }

    private int NextXid() => lastXid = lastXid == int.MaxValue ? 1 : lastXid + 1;

    private void AppendWatches()
    {
        foreach (var write in watches.PartsToRestore(ticket.LastZxid))
        {
            var writer = RequestFrame.Begin(OpCode.SetWatches, capacity: 1024);
            write(writer);
            var frame = RequestFrame.End(writer, "", int.MaxValue);
            RequestFrame.SetXid(frame.Span, Xid.SetWatches);
            batch.Write(frame.Span);
        }
    }

    // Pings when nothing was sent for a third of the timeout, and leaves after two thirds without a word, so that the
    // last third is left to find another server.
    private async Task GuardAsync(CancellationToken cancellationToken)
    {
        var timeout = ticket.Timeout;
        using var timer = new PeriodicTimer(timeout / GuardsPerTimeout, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var silence = time.GetElapsedTime(link.Frames.HeardAt);
            if (silence > timeout * 2 / 3)
                throw new TimeoutException($"The server has been silent for {silence.TotalMilliseconds:0} ms.");
            var idle = time.GetElapsedTime(Math.Max(Volatile.Read(ref sentAt), startedAt));
            if (idle > timeout / 3 && ping is null) Ping();
        }
    }

    private void Ping()
    {
        var frame = RequestFrame.End(RequestFrame.Begin(OpCode.Ping, Request.HeaderBytes), "", int.MaxValue);
        var request = new Request<bool>(OpCode.Ping, "", frame, (ZooKeeperError _, ref JuteReader _) => true);
        ping = request;
        // A queue without room has requests enough to tell that the client is alive.
        if (!queue.Writer.TryWrite(request)) ping = null;
    }

    private void FailRequests()
    {
        ping?.Abandon();
        foreach (var request in sent)
        {
            if (request.Code == OpCode.CloseSession) request.Abandon(); // repeated on the next connection
            else request.Fail(new(ZooKeeperError.ConnectionLoss, request.Path));
        }
    }
}
