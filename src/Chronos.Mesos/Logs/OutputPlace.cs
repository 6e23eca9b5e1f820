using Chronos.Mesos.Detection;

namespace Chronos.Mesos.Logs;

/// <summary>Where the output of an attempt is.</summary>
/// <param name="AgentId">The agent; null: it is on none, or the engine does not know.</param>
/// <param name="HostName">The agent's name for people; empty: not known.</param>
/// <param name="Address">Where the agent listens; null: not known.</param>
/// <param name="IsComplete">Whether the attempt has ended.</param>
internal sealed record OutputPlace(string? AgentId, string HostName, MasterAddress? Address, bool IsComplete)
{
    /// <summary>The engine has never heard of the attempt, or has forgotten it.</summary>
    internal static readonly OutputPlace Unknown = new(null, "", null, true);

    /// <summary>The output is past its retention.</summary>
    internal static readonly OutputPlace Removed = new(null, "", null, true);
}
