using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Replication;

/// <summary>For a node that is alone: nobody could tell it anything.</summary>
public sealed class NoReplicas : IReplicas
{
    /// <summary>There is only one.</summary>
    public static readonly NoReplicas Instance = new();

    private NoReplicas()
    {
    }

    /// <inheritdoc/>
    public ReplicaStatus? Status => null;

    /// <inheritdoc/>
    public void Follow(Leader? leader)
    {
    }

    /// <inheritdoc/>
    public Task<Replica?> TakeAsync(StorePosition? position, CancellationToken cancellationToken) =>
        Task.FromResult<Replica?>(null);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
