using System.Net.Sockets;
using Chronos.Executor.Native;
using Chronos.Executor.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronos.Executor.Supervision;

/// <summary>Where the supervising thread waits for servers, and for whoever rings its bell. The newest server counts:
/// what an older one sends after a new one was let in is not carried out, so that the new one, told what there is, can
/// be sure that nothing is added behind its back.</summary>
internal sealed unsafe partial class ServerListener(Socket socket, ILogger logger) : IDisposable
{
    private const int LastReadsMax = 16;

    private readonly List<FrameLink> leaving = []; // are still to be told that they were superseded
    private readonly List<Libc.PollEntry> waited = [];
    private FrameLink? current;

    /// <summary>Whether a server is connected.</summary>
    internal bool HasServer => current is not null;

    /// <summary>Adds to what the server is told by the next <see cref="Flush"/>.</summary>
    internal void Send(Frame frame) => current?.Add(frame);

    /// <summary>Tells the server, as far as it listens; the rest follows in later waits.</summary>
    internal void Flush() => current?.Flush();

    /// <summary>Waits until a server says something, somebody rings, or the time is up.</summary>
    /// <param name="bell">Is answered.</param>
    /// <param name="timeoutMilliseconds">The longest wait.</param>
    /// <param name="frames">Gets what the server said.</param>
    /// <returns>Whether another one waits for <see cref="TryAccept"/>.</returns>
    internal bool Wait(Doorbell bell, int timeoutMilliseconds, List<Frame> frames)
    {
        waited.Clear();
        waited.Add(new() { Descriptor = bell.Descriptor, Events = Libc.PollIn });
        waited.Add(new() { Descriptor = (int)socket.Handle, Events = Libc.PollIn });
        if (current is not null) waited.Add(current.ToPoll());
        foreach (var link in leaving) waited.Add(link.ToPoll() with { Events = Libc.PollOut });
        if (Libc.Poll(waited, timeoutMilliseconds) <= 0) return false;
        if (waited[0].Returned != 0) bell.Wait();
        leaving.RemoveAll(HasLeft);
        var isOther = waited[1].Returned != 0;
        if (current is not null && waited[2].Returned != 0) Receive(current, frames);
        for (var i = 0; isOther && i < LastReadsMax && current is { HasUnread: true }; i++) Receive(current, frames);
        return isOther;
    }

    /// <summary>Lets the server in that waits; all others count no more.</summary>
    /// <returns>Whether there is another server than before.</returns>
    internal bool TryAccept()
    {
        FrameLink link;
        try
        {
            var peer = socket.Accept();
            if (!LocalSocket.IsPeerTrusted(peer))
            {
                LogStranger();
                peer.Dispose();
                return false;
            }

            link = new(peer);
        }
        catch (SocketException e)
        {
            LogBroken(e.Message); // it has gone again
            return false;
        }

        if (current is not null)
        {
            current.Add(new() { Superseded = true });
            if (!HasLeft(current)) leaving.Add(current);
        }

        current = link;
        return true;
    }

    public void Dispose()
    {
        socket.Dispose();
        current?.Dispose();
        foreach (var link in leaving) link.Dispose();
    }

    private void Receive(FrameLink link, List<Frame> frames)
    {
        try
        {
            link.Flush();
            if (link.Receive(frames)) return;
            LogBroken("closed by the server");
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            LogBroken(e.Message);
        }

        link.Dispose();
        current = null;
    }

    private static bool HasLeft(FrameLink link)
    {
        if (!link.Flush()) return false;
        link.Dispose();
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A process of another user was refused")]
    private partial void LogStranger();

    [LoggerMessage(Level = LogLevel.Debug, Message = "The connection to the server ended: {Reason}")]
    private partial void LogBroken(string reason);
}
