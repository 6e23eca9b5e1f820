using Chronos.Runtime.Ports;
using Chronos.Testing.Elections;
using Chronos.Testing.Storage;

namespace Chronos.Integration.Tests.Elections;

/// <summary>The fake keeps the contract that simulation relies on.</summary>
public sealed class MemoryElectionTests : LeaderElectionConformance, IAsyncDisposable
{
    private readonly MemoryStateStore states = new();
    private MemoryBallot? ballot;

    public ValueTask DisposeAsync() => states.DisposeAsync();

    protected override TimeSpan ShortLease => TimeSpan.FromMilliseconds(300);

    protected override Task<ElectionCandidate> JoinAsync(string name, TimeSpan lease)
    {
        ballot ??= new(TimeProvider.System, lease, states);
        var member = new ClusterMember(name, $"http://{name}:8080", "1.0.0");
        var election = new MemoryElection(ballot, member);
        return Task.FromResult(new ElectionCandidate(
            election, member, () => election.IsCut = true, () => election.IsCut = false,
            () => ValueTask.CompletedTask));
    }

    protected override Task<IStateStore> OpenStoreAsync() => Task.FromResult<IStateStore>(states);
}
