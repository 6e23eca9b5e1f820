using System.ComponentModel.DataAnnotations;

namespace Chronos.Api;

/// <summary>Jobs and what starts them.</summary>
/// <param name="Nodes">The jobs by name.</param>
/// <param name="Edges">From parent to child.</param>
public sealed record JobGraph(IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges);

/// <summary>A job in the graph.</summary>
public sealed record GraphNode
{
    /// <summary>The job.</summary>
    public required string Name { get; init; }

    /// <summary>What it does now.</summary>
    [AllowedValues("idle", "queued", "running")]
    public required string State { get; init; }

    /// <summary>How its latest run ended; absent: it never ran.</summary>
    [AllowedValues("succeeded", "failed", "killed", "skipped", "missed", "lost")]
    public string? LastRun { get; init; }

    /// <summary>Whether nothing starts it.</summary>
    public bool Disabled { get; init; }

    /// <summary>Its schedule.</summary>
    public string? Schedule { get; init; }
}

/// <summary>A parent and its child.</summary>
/// <param name="From">The parent.</param>
/// <param name="To">The child.</param>
/// <param name="Finished">Whether the parent has finished since the child's last start.</param>
public sealed record GraphEdge(string From, string To, bool Finished);
