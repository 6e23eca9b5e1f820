using Chronos.Runtime.Replication;
using NodaTime;

namespace Chronos.Runtime.Ports;

/// <summary>Keeps a copy of what another leader's store holds, for the case that this node takes over.</summary>
public interface IReplicas : IAsyncDisposable
{
    /// <summary>The copy that there is; null: none.</summary>
    ReplicaStatus? Status { get; }

    /// <summary>Another node leads: its copy is kept from now on, and the one before until that is there.</summary>
    /// <param name="leader">The leader; null: no other node is known to lead, and what there is stays.</param>
    void Follow(Leader? leader);

    /// <summary>Gives the copy away, brought to where the store stands, and follows nobody any more.</summary>
    /// <param name="position">Where the store stands; null: nobody knows, and no copy is of use.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The copy; null: there is none of this position, and the store has to be read.</returns>
    Task<Replica?> TakeAsync(StorePosition? position, CancellationToken cancellationToken);
}

/// <summary>How a copy does.</summary>
/// <param name="Term">The leadership that it comes from.</param>
/// <param name="Jobs">The number of jobs.</param>
/// <param name="HeardAt">When the leader was last heard.</param>
public sealed record ReplicaStatus(long Term, int Jobs, Instant HeardAt);
