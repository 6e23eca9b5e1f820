namespace Chronos.MesosSimulator.Masters;

/// <summary>What masters keep in common and find again after a fail-over.</summary>
internal sealed class AgentRegistry
{
    /// <summary>Agents that belong to the cluster.</summary>
    internal HashSet<string> Admitted { get; } = new(StringComparer.Ordinal);

    /// <summary>Agents that missed their pings, and since when.</summary>
    internal Dictionary<string, DateTimeOffset> Unreachable { get; } = new(StringComparer.Ordinal);

    /// <summary>Agents that an operator gave up; they may not come back.</summary>
    internal HashSet<string> Gone { get; } = new(StringComparer.Ordinal);
}
