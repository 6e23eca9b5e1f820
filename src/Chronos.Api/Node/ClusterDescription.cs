using System.ComponentModel.DataAnnotations;

namespace Chronos.Api;

/// <summary>The nodes of a cluster, as one of them sees them.</summary>
public sealed record ClusterDescription
{
    /// <summary>The node that answers.</summary>
    public required string NodeId { get; init; }

    /// <summary>What it does: <c>leading</c>, <c>following</c>, or <c>waiting</c> while nobody is known to lead.
    /// </summary>
    [AllowedValues("leading", "following", "waiting")]
    public required string State { get; init; }

    /// <summary>The newest leadership that it knows of; 0: none.</summary>
    public required long Term { get; init; }

    /// <summary>The node that leads; absent: none is known to.</summary>
    public string? Leader { get; init; }

    /// <summary>The nodes that are up, by id.</summary>
    public required IReadOnlyList<MemberDescription> Members { get; init; }

    /// <summary>This node's copy of the leader's state, by which it takes over without reading the store; absent: it
    /// has none, or leads.</summary>
    public CopyDescription? Copy { get; init; }

    /// <summary>What keeps the state, the same for all nodes.</summary>
    public required StoreDescription Store { get; init; }
}

/// <summary>What keeps the state.</summary>
public sealed record StoreDescription
{
    /// <summary>The kind of store.</summary>
    [AllowedValues("sqlite", "etcd", "zooKeeper", "postgreSql")]
    public required string Kind { get; init; }

    /// <summary>Where it is, without credentials: a folder, or an address.</summary>
    public required string Address { get; init; }
}

/// <summary>A copy of the leader's state.</summary>
public sealed record CopyDescription
{
    /// <summary>The term of the leader that it comes from.</summary>
    public required long Term { get; init; }

    /// <summary>The number of jobs.</summary>
    public required int Jobs { get; init; }

    /// <summary>When the leader was last heard, by this node's clock; it says something at least each five seconds.
    /// </summary>
    public required DateTimeOffset HeardAt { get; init; }
}

/// <summary>A node of a cluster.</summary>
public sealed record MemberDescription
{
    /// <summary>Random for each process.</summary>
    public required string Id { get; init; }

    /// <summary>Where the others reach it.</summary>
    public required string Address { get; init; }

    /// <summary>Version of Chronos.</summary>
    public required string Version { get; init; }

    /// <summary>Whether it leads.</summary>
    public required bool IsLeader { get; init; }
}
