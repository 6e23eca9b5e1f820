using System.Net.Sockets;
using Chronos.Executor.Native;
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
    private readonly Doorbell bell = new();
    private FrameLink? current;
    private long? startedAt;

    /// <summary>Sends, if the executor is there; never blocks. What is lost with a connection, the listener sends again
    /// when there is a new one.</summary>
    internal void Send(Frame frame)
    {
        if (Volatile.Read(ref current) is not { } link) return;
        link.Add(frame);
        if (!link.Flush()) bell.Ring(); // the thread of the connection sends the rest
    }

    /// <summary>Starts the executor where none listens, so that it comes up meanwhile.</summary>
    internal void Prepare()
    {
        try
        {
            TryConnect()?.Dispose();
        }
        catch (IOException e)
        {
            LogBroken(e.Message); // whoever connects meets it again
        }
    }

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
            using var link = new FrameLink(socket);
            await using var stop = cancellationToken.Register(bell.Ring);
            return await Task.Factory.StartNew(
                () => Talk(link, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
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
            Volatile.Write(ref current, null);
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

    // On a thread of its own, so that what the executor says takes no way over the thread pool.
    private Outcome Talk(FrameLink link, CancellationToken cancellationToken)
    {
        var frames = new List<Frame>();
        link.Add(new() { Hello = new(Frame.CurrentVersion, Environment.ProcessId, options.ToSettings()) });
        _ = link.Flush();
        while (!cancellationToken.IsCancellationRequested)
        {
            Wait(link, timeoutMilliseconds: -1);
            var isOpen = link.Receive(frames);
            foreach (var frame in frames)
                if (Take(frame, link) is { } outcome) return outcome;
            frames.Clear();
            if (isOpen) continue;
            listener.OnDisconnected("The executor has closed the connection.");
            return Volatile.Read(ref current) is null ? Outcome.NotThere : Outcome.Ended;
        }

        // What was decided before the server was stopped is still sent.
        var began = time.GetTimestamp();
        while (!link.Flush() && time.GetElapsedTime(began) < StartTime) Wait(link, (int)StartTime.TotalMilliseconds);
        return Outcome.Ended;
    }

    private void Wait(FrameLink link, int timeoutMilliseconds)
    {
        List<Libc.PollEntry> waited =
        [
            new() { Descriptor = bell.Descriptor, Events = Libc.PollIn },
            link.ToPoll(),
        ];
        if (Libc.Poll(waited, timeoutMilliseconds) <= 0) return;
        if (waited[0].Returned != 0) bell.Wait();
        _ = link.Flush();
    }

    /// <returns>How the connection ends; null: it goes on.</returns>
    private Outcome? Take(Frame frame, FrameLink link)
    {
        if (Volatile.Read(ref current) is null)
        {
            if (frame.Welcome is not { } welcome)
                throw new InvalidDataException("The executor did not say who it is.");
            if (welcome.Version != Frame.CurrentVersion)
            {
                listener.OnDisconnected($"An executor of protocol version {welcome.Version} has the data folder.");
                return Outcome.OtherVersion;
            }

            Volatile.Write(ref current, link);
            listener.OnConnected(welcome);
        }
        else if (frame.Superseded)
        {
            listener.OnDisconnected("Another server has taken over the executor of this data folder.");
            return Outcome.Superseded;
        }

        listener.OnFrame(frame);
        return null;
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
