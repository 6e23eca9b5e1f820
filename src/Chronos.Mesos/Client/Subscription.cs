using Chronos.Mesos.Detection;

namespace Chronos.Mesos.Client;

/// <summary>One event stream. Nothing of another stream counts for it.</summary>
/// <param name="Generation">Counts the subscriptions of this client, from 1.</param>
/// <param name="FrameworkId">The framework, as the master calls it.</param>
/// <param name="StreamId">Goes with every call; opaque.</param>
/// <param name="Master">The leader that accepted it.</param>
public sealed record Subscription(long Generation, string FrameworkId, string StreamId, MasterAddress Master);
