using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;

namespace Chronos.Testing.Elections;

/// <summary>A node's part in an election in memory, for simulation and tests.</summary>
/// <param name="ballot">What the nodes share.</param>
/// <param name="member">This node.</param>
public sealed class MemoryElection(MemoryBallot ballot, ClusterMember member) : ILeaderElection
{
    /// <summary>Whether the node cannot reach the others; what it was granted runs out meanwhile.</summary>
    public bool IsCut { get; set; }

    /// <inheritdoc/>
    public TimeSpan Lease => ballot.Lease;

    /// <inheritdoc/>
    public async Task<long> CampaignAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckReachable();
            var change = ballot.Change;
            if (ballot.TryGrant(member) is { } term) return term;
            await ballot.WaitAsync(change, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task RenewAsync(long term, CancellationToken cancellationToken) => DoAsync(() =>
    {
        if (!ballot.Renew(member, term))
            throw new LeadershipLostException($"Term {term} of node '{member.Id}' is over.");
    });

    /// <inheritdoc/>
    public Task ResignAsync(long term, CancellationToken cancellationToken) =>
        DoAsync(() => ballot.Resign(member, term));

    /// <inheritdoc/>
    public async IAsyncEnumerable<Leader?> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isFirst = true;
        Leader? told = null;
        while (true)
        {
            CheckReachable();
            var change = ballot.Change;
            var leader = ballot.Leader;
            if (isFirst || leader != told) yield return leader;
            (isFirst, told) = (false, leader);
            await ballot.WaitAsync(change, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClusterMember>> ListMembersAsync(CancellationToken cancellationToken)
    {
        CheckReachable();
        return Task.FromResult(ballot.Members);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!IsCut) ballot.Leave(member);
        return ValueTask.CompletedTask;
    }

    private Task DoAsync(Action action)
    {
        try
        {
            CheckReachable();
            action();
            return Task.CompletedTask;
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }

    private void CheckReachable()
    {
        if (IsCut) throw new StoreUnavailableException("Planned failure; nothing was done.");
    }
}
