using Chronos.Runtime.Ports;

namespace Chronos.Testing.Elections;

/// <summary>Watches who leads as a node does: again, where the store was away.</summary>
/// <param name="election">Of the node.</param>
/// <param name="patience">How long a change may take.</param>
/// <param name="cancellationToken">Ends the watch.</param>
internal sealed class ElectionWatch(
    ILeaderElection election, TimeSpan patience, CancellationToken cancellationToken) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource stop =
        CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    private IAsyncEnumerator<Leader?>? watch;
    private (bool IsKnown, Leader? Leader) told;

    /// <summary>Who leads, once it is another than was told before.</summary>
    public async Task<Leader?> NextAsync()
    {
        stop.CancelAfter(patience);
        while (true)
        {
            watch ??= election.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
            if (!await TryMoveAsync(watch))
            {
                await watch.DisposeAsync();
                watch = null;
                await Task.Delay(Pause, stop.Token);
            }
            else if (!told.IsKnown || watch.Current != told.Leader)
            {
                stop.CancelAfter(Timeout.InfiniteTimeSpan);
                told = (true, watch.Current);
                return told.Leader;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (watch is not null) await watch.DisposeAsync();
        stop.Dispose();
    }

    private static async Task<bool> TryMoveAsync(IAsyncEnumerator<Leader?> watch)
    {
        try
        {
            return await watch.MoveNextAsync();
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
