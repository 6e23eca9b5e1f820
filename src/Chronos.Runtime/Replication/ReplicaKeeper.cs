using System.Diagnostics;
using System.Text.Json;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Chronos.Runtime.Replication;

/// <summary>Follows the leader and keeps its copy; begins anew whenever the connection breaks.</summary>
/// <param name="source">Reads from leaders; disposed of with this.</param>
/// <param name="defaultZone">The zone of schedules that name none.</param>
/// <param name="clock">Says when the leader was heard.</param>
/// <param name="logger">Hears of copies.</param>
public sealed partial class ReplicaKeeper(
    IReplicationSource source, DateTimeZone defaultZone, IClock clock, ILogger<ReplicaKeeper> logger) : IReplicas
{
    // A new leader has work to make up for, which telling everything would delay.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // What an old leader told last may still have to be read.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly Lock gate = new();
    private CancellationTokenSource stopping = new();
    private Task following = Task.CompletedTask;
    private Leader? followed;
    private Replica? kept;
    private volatile ReplicaStatus? status;
    private volatile bool isReading;

    /// <inheritdoc/>
    public ReplicaStatus? Status => status;

    /// <inheritdoc/>
    public void Follow(Leader? leader)
    {
        lock (gate)
        {
            if (leader is null || leader == followed) return;
            // Terms grow. Where one does not, the store was replaced by an older one, whose terms may count for other
            // decisions than those of the copy.
            if (leader.Term <= status?.Term) (kept, status) = (null, null);
            StopNeedsLock();
            followed = leader;
            following = FollowAsync(leader, following, stopping.Token);
        }
    }

    /// <inheritdoc/>
    public async Task<Replica?> TakeAsync(StorePosition? position, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        Replica? replica;
        while (!TryTake(position, Stopwatch.GetElapsedTime(began) > Patience, out replica))
            await Task.Delay(Look, cancellationToken);
        return replica;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (gate) StopNeedsLock();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
        source.Dispose();
    }

    /// <returns>Whether it is known if there is a copy.</returns>
    private bool TryTake(StorePosition? position, bool isLast, out Replica? replica)
    {
        lock (gate)
        {
            replica = null;
            if (kept is not null && position is { } wanted)
            {
                if (kept.Reaches(wanted)) replica = Moved(kept, wanted);
                else if (isReading && !isLast) return false;
                else LogTooOld(wanted.Term, wanted.Batch);
            }

            StopNeedsLock();
            (kept, followed, status) = (null, null, null);
            return true;
        }
    }

    private Replica? Moved(Replica replica, StorePosition position)
    {
        try
        {
            replica.MoveTo(position);
            return replica;
        }
        catch (FormatException e)
        {
            LogUnusable(e.Message);
            return null;
        }
    }

    private void StopNeedsLock()
    {
        stopping.Cancel();
        stopping.Dispose();
        stopping = new();
    }

    private async Task FollowAsync(Leader leader, Task before, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        await Task.Delay(FirstPause, cancellationToken);
        var pause = ShortestPause;
        string? told = null;
        while (true)
        {
            var replica = new Replica(new(defaultZone));
            try
            {
                isReading = true;
                await foreach (var line in source.ReadAsync(leader, cancellationToken))
                    Take(replica, line, leader, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (e.Message != told || replica.IsComplete) LogBroken(leader.Member.Address, e.Message);
                told = e.Message;
            }
            finally
            {
                isReading = false;
            }

            // To tell everything costs the leader something, also where it leads to nothing.
            pause = replica.IsComplete ? ShortestPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            await Task.Delay(pause, cancellationToken);
        }
    }

    private void Take(Replica replica, JsonElement line, Leader leader, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            cancellationToken.ThrowIfCancellationRequested(); // it may have been given away
            replica.Take(line);
            if (!replica.IsComplete) return;
            if (kept != replica) LogKept(replica.JobCount, leader.Member.Address, leader.Term);
            kept = replica;
            status = new(leader.Term, replica.JobCount, clock.GetCurrentInstant());
        }
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Keeps a copy of the {Jobs} jobs of {Address}, which leads in term {Term}")]
    private partial void LogKept(int jobs, string address, long term);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Has no copy of batch {Batch} of term {Term}, where the store stands; reads the store")]
    private partial void LogTooOld(long term, long batch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reads the store: {Reason}")]
    private partial void LogUnusable(string reason);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Keeps no copy of {Address} at present, and tries again: {Reason}")]
    private partial void LogBroken(string address, string reason);
}
