using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Chronos.ZooKeeper.Sessions;

/// <summary>One session from its beginning to its end, over as many connections as it takes. Its loop is the only
/// writer of the state.</summary>
internal sealed partial class Session : IDisposable
{
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly Channel<Request> queue;
    private readonly Ticket ticket;
    private readonly ServerRotation rotation;
    private readonly Handshake handshake;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource closing = new();
    private readonly Task run;
    private volatile Exception? defect;
    private volatile int state = (int)SessionState.Connecting;
    private TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Session(ZooKeeperOptions options, TimeProvider time, ILogger logger)
    {
        this.logger = logger;
        this.time = time;
        queue = Channel.CreateBounded<Request>(new BoundedChannelOptions(options.WaitingMax)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait, // which makes TryWrite say no
        });
        ticket = new(options.SessionTimeout, time);
        rotation = new(options.Address.Servers, Random.Shared);
        handshake = new(options, ticket, time);
        Watches = new(options.Address.Chroot);
        run = Task.Run(RunAsync); // not on the scheduler of whoever opens the client
    }

    internal WatchTable Watches { get; }

    internal SessionState State => (SessionState)state;

    internal long Id => ticket.SessionId;

    internal TimeSpan Timeout => ticket.Timeout;

    internal TimeSpan SinceContact => ticket.SinceContact;

    private bool IsOver => State is SessionState.Expired or SessionState.AuthFailed or SessionState.Closed;

    internal Task<T> SubmitAsync<T>(Request<T> request, CancellationToken cancellationToken)
    {
        request.CancelWith(cancellationToken);
        if (!queue.Writer.TryWrite(request)) request.Fail(Refusal(request.Path));
        return request.Task;
    }

    /// <summary>The state, once it is another than the one known.</summary>
    internal async Task<SessionState> WaitForChangeAsync(SessionState known, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = Volatile.Read(ref change).Task;
            if (State != known) return State;
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Why nothing is taken any more.</summary>
    internal ZooKeeperException Refusal(string path) => State switch
    {
        SessionState.Expired => new(ZooKeeperError.SessionExpired, path),
        SessionState.AuthFailed => new(ZooKeeperError.AuthFailed, path),
        SessionState.Closed => new(ZooKeeperError.Closed, path,
            ZooKeeperException.Place(path) + ZooKeeperException.Describe(ZooKeeperError.Closed), defect),
        _ when closing.IsCancellationRequested => new(ZooKeeperError.Closed, path),
        _ => new(ZooKeeperError.TooManyRequests, path,
            ZooKeeperException.Place(path) + $"{nameof(ZooKeeperOptions.WaitingMax)} requests wait already; await "
                + "earlier ones, or raise it.", cause: null),
    };

    /// <summary>Sends what is queued, then ends the session. The token gives up, and the session runs out by itself.
    /// </summary>
    internal async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (run.IsCompleted) return;
        await closing.CancelAsync();
        queue.Writer.TryComplete();
        try
        {
            await run.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await stop.CancelAsync();
            await run;
            throw;
        }
    }

    /// <summary>After <see cref="CloseAsync"/>.</summary>
    public void Dispose()
    {
        stop.Dispose();
        closing.Dispose();
    }

    private async Task RunAsync()
    {
        var last = SessionState.Closed;
        try
        {
            last = await ServeAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogAbandoned(Id);
        }
        catch (Exception e)
        {
            defect = e;
            LogDefect(e);
        }

        LogEnded(Id, last);
        SetState(last);
        queue.Writer.TryComplete();
        while (queue.Reader.TryRead(out var request)) request.Fail(Refusal(request.Path));
        Watches.FailAll(Refusal);
    }

    // Connections, one after the other, until the session ends.
    private async Task<SessionState> ServeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (closing.IsCancellationRequested && Id == 0) return SessionState.Closed;
            Link? link;
            var attempt = rotation.Next();
            try
            {
                link = await TryAttachAsync(attempt, cancellationToken);
            }
            catch (SessionOverException e)
            {
                // A close whose answer was lost is found out like this.
                return closing.IsCancellationRequested ? SessionState.Closed : e.State;
            }

            if (link is null) continue;
            LogAttached(Id, attempt.Server, Timeout.TotalMilliseconds);
            var connection = new Connection(link, ticket, Watches, queue, time);
            SetState(SessionState.Connected);
            var loss = await connection.RunAsync(cancellationToken);
            if (loss is null) return SessionState.Closed;
            if (connection.HasLasted) rotation.Reset();
            LogLost(Id, attempt.Server, loss.Message);
            SetState(SessionState.Disconnected);
        }
    }

    /// <returns>Null: it did not work out, try the next server.</returns>
    private async Task<Link?> TryAttachAsync(Attempt attempt, CancellationToken cancellationToken)
    {
        // While there is no session, closing is as good as stopping.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, Id == 0 ? closing.Token : CancellationToken.None);
        using var patience = new CancellationTokenSource(rotation.Patience(Timeout) + attempt.Pause, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(end.Token, patience.Token);
        try
        {
            await Task.Delay(attempt.Pause, time, both.Token);
            return await handshake.AttachAsync(attempt.Server, both.Token);
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            rotation.Unanswered();
            LogNotAttached(attempt, "it does not answer in time");
        }
        catch (Exception e) when (Connection.IsLoss(e))
        {
            LogNotAttached(attempt, e.Message);
        }

        return null;
    }

    private void LogNotAttached(Attempt attempt, string reason)
    {
        LogUnusable(attempt.Server, reason);
        // Once, however long it goes on.
        if (attempt is { Round: 0, IsRoundsLast: true }) LogNoServer(attempt.Server, reason);
    }

    private void SetState(SessionState next)
    {
        if (IsOver) throw new InvalidOperationException($"A session cannot go from {State} to {next}.");
        state = (int)next;
        var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref change, fresh).SetResult();
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Session 0x{Session:x} is attached to {Server}, timeout {TimeoutMs} ms")]
    private partial void LogAttached(long session, ServerAddress server, double timeoutMs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session 0x{Session:x} has lost {Server}: {Reason}")]
    private partial void LogLost(long session, ServerAddress server, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Server} cannot be used: {Reason}")]
    private partial void LogUnusable(ServerAddress server, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "No ZooKeeper server can be used, the last one was {Server}: {Reason}; trying on")]
    private partial void LogNoServer(ServerAddress server, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session 0x{Session:x} could not be ended at a server in time; "
        + "its ephemeral nodes go when it times out")]
    private partial void LogAbandoned(long session);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session 0x{Session:x} has ended: {State}")]
    private partial void LogEnded(long session, SessionState state);

    [LoggerMessage(Level = LogLevel.Error, Message = "The ZooKeeper client ends because of a defect")]
    private partial void LogDefect(Exception exception);
}
