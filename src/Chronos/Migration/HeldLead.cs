using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;

namespace Chronos.Migration;

/// <summary>The lead of a store, held so that no server begins to write while it is copied.</summary>
internal sealed class HeldLead : IAsyncDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);
    private readonly ILeaderElection election;
    private readonly CancellationTokenSource stop = new();
    private readonly Task renewing;

    private HeldLead(ILeaderElection election, long term)
    {
        this.election = election;
        Term = term;
        renewing = RenewAsync();
    }

    /// <summary>The term that was granted.</summary>
    public long Term { get; }

    /// <summary>Takes the lead, where no server has it.</summary>
    /// <param name="election">Of the store.</param>
    /// <param name="which">What messages call the store.</param>
    /// <param name="lease">How long a leader that is not heard of counts as one.</param>
    /// <param name="progress">Is told when there is something to wait for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MigrationRefusedException">A server leads.</exception>
    public static async Task<HeldLead> TakeAsync(
        ILeaderElection election, string which, TimeSpan lease, TextWriter progress,
        CancellationToken cancellationToken)
    {
        // A folder has one process, which has opened it already.
        if (election is not SoleElection)
            await RefuseLedAsync(election, which, lease + Margin, progress, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(lease + Margin);
        try
        {
            return new(election, await election.CampaignAsync(patience.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MigrationRefusedException(
                $"A server has just taken the lead of the {which}. Stop all servers that use it.");
        }
    }

    /// <summary>Makes sure that nobody else has led since the lead was taken.</summary>
    /// <exception cref="LeadershipLostException">Somebody may have.</exception>
    public Task ConfirmAsync(CancellationToken cancellationToken) => election.RenewAsync(Term, cancellationToken);

    /// <summary>Gives the lead back.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await renewing;
        stop.Dispose();
        try
        {
            using var patience = new CancellationTokenSource(Margin);
            await election.ResignAsync(Term, patience.Token);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            // It runs out by itself; servers lead a little later.
        }
    }

    private static async Task RefuseLedAsync(
        ILeaderElection election, string which, TimeSpan wait, TextWriter progress,
        CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(wait);
        Leader? last = null;
        try
        {
            await foreach (var leader in election.WatchAsync(patience.Token))
            {
                if (leader is null) return;
                if (last is null)
                    progress.WriteLine($"{leader.Member.Address} is noted as leader of the {which}; waiting "
                        + $"{wait.TotalSeconds:0} s to see whether it is there ...");
                last = leader;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw last is null
                ? new StoreUnavailableException($"The {which} does not answer.")
                : new MigrationRefusedException($"{last.Member.Address} leads the {which} in term {last.Term}. Stop "
                    + "all servers that use it. One that crashed counts as leader for its --lease; where that is not "
                    + "the default, give the same here.");
        }
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(election.Lease / 4 < Margin ? election.Lease / 4 : Margin, stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return;
            try
            {
                await election.RenewAsync(Term, stop.Token);
            }
            catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
            {
                // Tried again; whether the lead was kept all the time is found out at the end.
            }
            catch (LeadershipLostException)
            {
                return; // told when it is confirmed
            }
        }
    }
}
