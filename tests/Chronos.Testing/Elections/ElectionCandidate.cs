using Chronos.Runtime.Ports;

namespace Chronos.Testing.Elections;

/// <summary>A node of an election under test.</summary>
/// <param name="Election">Its part.</param>
/// <param name="Member">Who it is.</param>
/// <param name="Cut">Takes the store away from it, so that nothing it says arrives.</param>
/// <param name="Heal">Gives the store back.</param>
/// <param name="CloseAsync">Ends what was made beside the election.</param>
public sealed record ElectionCandidate(
    ILeaderElection Election, ClusterMember Member, Action Cut, Action Heal, Func<ValueTask> CloseAsync)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource abandoning = new();

    /// <summary>Ends with <see cref="Abandon"/>.</summary>
    public CancellationToken Abandoned => abandoning.Token;

    /// <summary>Lets it campaign no more.</summary>
    public void Abandon() => abandoning.Cancel();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await abandoning.CancelAsync();
        await Election.DisposeAsync();
        await CloseAsync();
        abandoning.Dispose();
    }
}
