using System.Net.Sockets;
using System.Threading.Channels;
using Chronos.Executor.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronos.Engines.Local;

/// <summary>Whom the connection tells.</summary>
internal interface IExecutorListener
{
    /// <summary>The executor is there and has told what it knows.</summary>
    void OnConnected(Welcome welcome);

    /// <summary>The executor says something.</summary>
    void OnFrame(Frame frame);

    /// <summary>The executor is away.</summary>
    void OnDisconnected(string reason);
}

/// <summary>Keeps a connection to the executor, and starts it when nobody listens.</summary>
internal sealed partial class ExecutorConnection(
    LocalEngineOptions options, IExecutorListener listener, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // An executor of another version ends when it is idle; until then there is no use in asking often.
    private static readonly TimeSpan OtherVersionPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(5);

    private readonly ExecutorLauncher launcher = new(options);
    private ChannelWriter<Frame>? outgoing;
    private long? startedAt;

    /// <summary>Sends in time, if the executor is there; never blocks. What is lost with a connection, the listener
    /// sends again when there is a new one.</summary>
    internal void Send(Frame frame) => Volatile.Read(ref outgoing)?.TryWrite(frame);

    /// <summary>Runs until cancelled, or until another server has taken over.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            var outcome = await RunOnceAsync(cancellationToken);
            if (outcome == Outcome.Superseded) return;
            if (outcome == Outcome.Ended || startedAt is not null) pause = FirstPause;
            await Task.Delay(outcome == Outcome.OtherVersion ? OtherVersionPause : pause, time, cancellationToken);
            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }

    private async Task<Outcome> RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (TryConnect() is not { } socket) return Outcome.NotThere;
            using var stream = new FrameStream(socket);
            return await TalkAsync(stream, cancellationToken);
        }
        catch (Exception e) when (e is (IOException or SocketException or InvalidDataException)
            and not FileNotFoundException) // the executor's program is not there, and will not come
        {
            LogBroken(e.Message);
            listener.OnDisconnected(e.Message);
            return Outcome.NotThere;
        }
        finally
        {
            Volatile.Write(ref outgoing, null);
        }
    }

    private Socket? TryConnect()
    {
        try
        {
            var socket = LocalSocket.Connect(options.ExecutorDirectory);
            startedAt = null;
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // One that was started a moment ago gets the time to come up.
            if (startedAt is { } since && time.GetElapsedTime(since) < StartTime) return null;
            if (startedAt is not null) listener.OnDisconnected($"The executor does not come up: {e.Message}");
            startedAt = time.GetTimestamp();
            LogStarting();
            launcher.Start();
            return null;
        }
    }

    private async Task<Outcome> TalkAsync(FrameStream stream, CancellationToken cancellationToken)
    {
        var hello = new Hello(Frame.CurrentVersion, Environment.ProcessId, options.ToSettings());
        await stream.WriteAsync(new() { Hello = hello }, cancellationToken);
        if (await stream.ReadAsync(cancellationToken) is not { } first) return Outcome.NotThere;
        if (first.Welcome is not { } welcome) throw new InvalidDataException("The executor did not say who it is.");
        if (welcome.Version != Frame.CurrentVersion)
        {
            listener.OnDisconnected($"An executor of protocol version {welcome.Version} has the data folder.");
            return Outcome.OtherVersion;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateUnbounded<Frame>(new() { SingleReader = true });
        Volatile.Write(ref outgoing, channel.Writer);
        var sending = SendAllAsync(stream, channel.Reader, ending.Token);
        try
        {
            listener.OnConnected(welcome);
            listener.OnFrame(first);
            return await ReceiveAllAsync(stream, ending.Token);
        }
        finally
        {
            Volatile.Write(ref outgoing, null);
            channel.Writer.TryComplete();
            if (!cancellationToken.IsCancellationRequested) await ending.CancelAsync();
            await sending;
        }
    }

    private async Task<Outcome> ReceiveAllAsync(FrameStream stream, CancellationToken cancellationToken)
    {
        while (await stream.ReadAsync(cancellationToken) is { } frame)
        {
            if (frame.Superseded)
            {
                listener.OnDisconnected("Another server has taken over the executor of this data folder.");
                return Outcome.Superseded;
            }

            listener.OnFrame(frame);
        }

        listener.OnDisconnected("The executor has closed the connection.");
        return Outcome.Ended;
    }

    // After a stop of the server, what it had decided is still sent.
    private async Task SendAllAsync(
        FrameStream stream, ChannelReader<Frame> frames, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var frame in frames.ReadAllAsync(CancellationToken.None))
            {
                if (cancellationToken.IsCancellationRequested && frame.Launch is not null) return;
                using var patience = new CancellationTokenSource(StartTime, time);
                await stream.WriteAsync(frame, patience.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            LogBroken(e.Message);
        }
    }

    private enum Outcome
    {
        NotThere,
        Ended,
        OtherVersion,
        Superseded,
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Starting an executor for the tasks of this machine")]
    private partial void LogStarting();

    [LoggerMessage(Level = LogLevel.Warning, Message = "No connection to the executor: {Reason}")]
    private partial void LogBroken(string reason);
}
