using Chronos.Mesos.Wire;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging;

namespace Chronos.Mesos.Detection;

/// <summary>Finds the leader where masters register in ZooKeeper. Watches from the first question on. While ZooKeeper
/// cannot be reached the last leader counts on: it goes on leading as long as it answers.</summary>
public sealed partial class ZooKeeperDetector(
    ZooKeeperAddress address,
    bool usesTls,
    TimeProvider time,
    ILoggerFactory loggers) : IMasterDetector
{
    private const string Here = "/"; // the address's path is the root of what the client sees
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ILogger<ZooKeeperDetector> logger = loggers.CreateLogger<ZooKeeperDetector>();
    private readonly Lock gate = new();
    private readonly CancellationTokenSource disposing = new();
    private TaskCompletionSource changed = NewSignal();
    private MasterAddress? leader;
    private string problem = "ZooKeeper has not answered yet.";
    private Task? watching;

    /// <inheritdoc/>
    public async Task<MasterAddress> DetectAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return await WaitAsync(static _ => true, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            lock (gate)
                throw new MasterNotFoundException($"{address}: {problem}");
        }
    }

    /// <inheritdoc/>
    public Task<MasterAddress> WaitForChangeAsync(MasterAddress current, CancellationToken cancellationToken) =>
        WaitAsync(found => found != current, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (gate) running = watching;
        await disposing.CancelAsync();
        if (running is not null) await running;
        disposing.Dispose();
    }

    private async Task<MasterAddress> WaitAsync(
        Func<MasterAddress, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                watching ??= WatchAsync(disposing.Token);
                if (leader is not null && condition(leader)) return leader;
                next = changed.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var log = loggers.CreateLogger<ZooKeeperClient>();
                await using var client = ZooKeeperClient.Start(new() { Address = address }, time, log);
                await FollowAsync(client, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (ZooKeeperException e)
            {
                LogSessionOver(e.Message); // a new session follows; the last leader counts on
                lock (gate) problem = e.Message;
                await Task.Delay(Pause, time, CancellationToken.None);
            }
        }
    }

    private async Task FollowAsync(ZooKeeperClient client, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await ReadAndWaitAsync(client, cancellationToken);
            }
            catch (ZooKeeperException e) when (client.State is SessionState.Connected or SessionState.Disconnected)
            {
                lock (gate) problem = e.Message;
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task ReadAndWaitAsync(ZooKeeperClient client, CancellationToken cancellationToken)
    {
        try
        {
            var (children, changes) = await client.ChildrenAndWatchAsync(Here, cancellationToken);
            await ReadLeaderAsync(client, MasterElection.LeaderOf(children.Names), cancellationToken);
            await changes.WaitAsync(cancellationToken);
        }
        catch (ZooKeeperException e) when (e.Error == ZooKeeperError.NoNode)
        {
            Set(null, "No master has registered there yet.");
            var (found, creation) = await client.ExistsAndWatchAsync(Here, cancellationToken);
            if (found is null) await creation.WaitAsync(cancellationToken);
        }
    }

    private async Task ReadLeaderAsync(ZooKeeperClient client, string? child, CancellationToken cancellationToken)
    {
        if (child is null)
        {
            Set(null, "No master is registered there.");
            return;
        }

        try
        {
            var content = await client.GetAsync(Here + child, cancellationToken);
            Set(MasterElection.AddressOf(child, content.Content, usesTls), "");
        }
        catch (ZooKeeperException e) when (e.Error == ZooKeeperError.NoNode)
        {
            Set(null, "The masters are electing their leader."); // the list of children will change
        }
        catch (MessageFormatException e)
        {
            Set(null, e.Message);
        }
    }

    private void Set(MasterAddress? found, string reason)
    {
        TaskCompletionSource old;
        lock (gate)
        {
            problem = reason;
            if (found == leader) return;
            leader = found;
            (old, changed) = (changed, NewSignal());
        }

        if (found is null) LogNoLeader(reason);
        else LogLeader(found);
        old.TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Master} leads, says ZooKeeper")]
    private partial void LogLeader(MasterAddress master);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No master leads: {Reason}")]
    private partial void LogNoLeader(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ZooKeeper session ended: {Reason}")]
    private partial void LogSessionOver(string reason);
}
