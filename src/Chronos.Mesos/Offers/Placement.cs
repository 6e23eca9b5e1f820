using Chronos.Mesos.Protocol;

namespace Chronos.Mesos.Offers;

/// <summary>What is launched with the offers of one pool.</summary>
internal sealed record Placement(AgentPool Pool, IReadOnlyList<PlacedAttempt> Attempts);

/// <summary>An attempt and what it gets.</summary>
internal sealed record PlacedAttempt(PendingAttempt Attempt, IReadOnlyList<Resource> Resources);
