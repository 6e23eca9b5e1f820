using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Leadership;

/// <summary>The election of a node that shares its store with no other: it wins the next term, for good.</summary>
/// <param name="store">Its store, which nobody else can open.</param>
/// <param name="self">The node.</param>
public sealed class SoleElection(IStateStore store, ClusterMember self) : ILeaderElection
{
    private readonly TaskCompletionSource<Leader> granted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Longer than a process lives.</summary>
    public TimeSpan Lease { get; } = TimeSpan.FromDays(100 * 365);

    /// <inheritdoc/>
    public async Task<long> CampaignAsync(CancellationToken cancellationToken)
    {
        var term = await store.ReadTermAsync(cancellationToken) + 1;
        granted.TrySetResult(new(self, term));
        return term;
    }

    /// <inheritdoc/>
    public Task RenewAsync(long term, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task ResignAsync(long term, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async IAsyncEnumerable<Leader?> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await granted.Task.WaitAsync(cancellationToken);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClusterMember>> ListMembersAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ClusterMember>>([self]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
