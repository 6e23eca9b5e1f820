using Chronos.Runtime.Ports;
using Chronos.Testing.Storage;

namespace Chronos.Testing.Elections;

/// <summary>What the nodes of an election in memory share: who leads, until when, and who is there.</summary>
/// <param name="time">The clock of the lease.</param>
/// <param name="lease">How long a renewal holds.</param>
/// <param name="states">The state store that a grant takes; null: none.</param>
public sealed class MemoryBallot(TimeProvider time, TimeSpan lease, MemoryStateStore? states = null)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Presence> present = new(StringComparer.Ordinal);
    private TaskCompletionSource change = NewChange();
    private Leader? leader;
    private long leaderSince;
    private long newestTerm;

    /// <summary>How long a renewal holds.</summary>
    public TimeSpan Lease => lease;

    /// <summary>Who leads; null: nobody.</summary>
    public Leader? Leader
    {
        get
        {
            lock (gate) return IsOver(leaderSince) ? null : leader;
        }
    }

    /// <summary>Who has been heard of within a lease.</summary>
    public IReadOnlyList<ClusterMember> Members
    {
        get
        {
            lock (gate) return [.. present.Values.Where(p => !IsOver(p.Since)).Select(p => p.Member)];
        }
    }

    /// <summary>Ends with the next change of the leader.</summary>
    internal Task Change
    {
        get
        {
            lock (gate) return change.Task;
        }
    }

    /// <summary>Ends with a change, or after a moment in which a lease may have run out.</summary>
    internal async Task WaitAsync(Task changed, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(lease / 10, time, both.Token));
        await both.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    internal long? TryGrant(ClusterMember member)
    {
        lock (gate)
        {
            ShowNeedsLock(member);
            if (leader is not null && !IsOver(leaderSince)) return null;
            newestTerm = Math.Max(newestTerm, states?.NewestTerm ?? 0) + 1;
            states?.TakeOver(newestTerm);
            (leader, leaderSince) = (new(member, newestTerm), time.GetTimestamp());
            TellNeedsLock();
            return newestTerm;
        }
    }

    internal bool Renew(ClusterMember member, long term)
    {
        lock (gate)
        {
            if (leader != new Leader(member, term) || IsOver(leaderSince)) return false;
            leaderSince = time.GetTimestamp();
            ShowNeedsLock(member);
            return true;
        }
    }

    internal void Resign(ClusterMember member, long term)
    {
        lock (gate)
        {
            if (leader != new Leader(member, term)) return;
            leader = null;
            TellNeedsLock();
        }
    }

    internal void Leave(ClusterMember member)
    {
        lock (gate)
        {
            present.Remove(member.Id);
            if (leader?.Member != member) return;
            leader = null;
            TellNeedsLock();
        }
    }

    private bool IsOver(long since) => time.GetElapsedTime(since) > lease;

    private void ShowNeedsLock(ClusterMember member) => present[member.Id] = new(member, time.GetTimestamp());

    private void TellNeedsLock()
    {
        change.TrySetResult();
        change = NewChange();
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Presence(ClusterMember Member, long Since);
}
