using System.Text.Json;
using Chronos.Runtime.Replication;

namespace Chronos.Runtime.Ports;

/// <summary>Reads what a leader tells those who keep copies.</summary>
public interface IReplicationSource : IDisposable
{
    /// <summary>Reads until cancelled or until the leader ends it. Fails with any exception where it cannot go on.
    /// </summary>
    /// <returns>What <see cref="ReplicationFeed.ReadAsync"/> of the leader gives, a line each.</returns>
    IAsyncEnumerable<JsonElement> ReadAsync(Leader leader, CancellationToken cancellationToken);
}
