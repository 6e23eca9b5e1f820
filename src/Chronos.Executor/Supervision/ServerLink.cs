using System.Net.Sockets;
using System.Threading.Channels;
using Chronos.Executor.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronos.Executor.Supervision;

/// <summary>One connection of a server.</summary>
internal sealed partial class ServerLink(Socket socket, ILogger logger) : IDisposable
{
    private readonly FrameStream stream = new(socket);
    private readonly CancellationTokenSource closing = new();

    // Not bounded by a number of frames: what may wait here is bounded by the number of attempts.
    private readonly Channel<Frame> outgoing = Channel.CreateUnbounded<Frame>(new() { SingleReader = true });

    /// <summary>Sends in time; never blocks.</summary>
    internal void Send(Frame frame) => outgoing.Writer.TryWrite(frame);

    /// <summary>Sends what waits, then closes.</summary>
    internal void Close() => outgoing.Writer.TryComplete();

    /// <summary>Hands frames over until the connection ends.</summary>
    internal async Task RunAsync(Action<Frame> onFrame, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing.Token);
        var sending = SendAllAsync(ending.Token);
        try
        {
            while (await stream.ReadAsync(ending.Token) is { } frame) onFrame(frame);
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidDataException)
        {
            LogBroken(e.Message);
        }
        catch (OperationCanceledException)
        {
            LogBroken("closed by the executor");
        }

        Close();
        await closing.CancelAsync();
        await sending;
    }

    public void Dispose()
    {
        stream.Dispose();
        closing.Dispose();
    }

    private async Task SendAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await outgoing.Reader.WaitToReadAsync(cancellationToken))
                while (outgoing.Reader.TryRead(out var frame)) await stream.WriteAsync(frame, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            LogBroken(e.Message);
        }

        await closing.CancelAsync();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The connection to the server ended: {Reason}")]
    private partial void LogBroken(string reason);
}
