using Chronos.Mesos.Detection;

namespace Chronos.Mesos.Logs;

/// <summary>Where the output of an attempt is.</summary>
/// <param name="AgentId">The agent; null: on none yet, or its output is past its retention.</param>
/// <param name="HostName">The agent's name for people; empty: not known.</param>
/// <param name="Address">Where the agent listens; null: not known.</param>
/// <param name="IsComplete">Whether the attempt has ended.</param>
internal sealed record OutputPlace(string? AgentId, string HostName, MasterAddress? Address, bool IsComplete)
{
    /// <summary>The attempt is under way, and the master is being asked where.</summary>
    internal static readonly OutputPlace Sought = new(null, "", null, IsComplete: false) { IsSought = true };

    /// <summary>The output is past its retention.</summary>
    internal static readonly OutputPlace Removed = new(null, "", null, IsComplete: true);

    internal bool IsSought { get; private init; }
}

/// <summary>A part of an output.</summary>
/// <param name="File">Its name in the sandbox.</param>
/// <param name="Offset">First byte; negative: that many before the end.</param>
/// <param name="BytesMax">At most this many.</param>
internal readonly record struct OutputRange(string File, long Offset, int BytesMax);
