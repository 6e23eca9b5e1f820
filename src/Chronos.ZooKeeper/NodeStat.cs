namespace Chronos.ZooKeeper;

/// <summary>What a server knows about a node besides its content. A <i>zxid</i> numbers the changes of the whole
/// ensemble, in order.</summary>
/// <param name="CreatedZxid">The change that created it.</param>
/// <param name="ModifiedZxid">The newest change of its content.</param>
/// <param name="CreatedAt">When it was created, by the clock of the leading server.</param>
/// <param name="ModifiedAt">When its content changed last, by the clock of the leading server.</param>
/// <param name="Version">Changes of its content since it was created; what <c>set</c> and <c>delete</c> can insist
/// on.</param>
/// <param name="ChildrenVersion">Changes of its list of children.</param>
/// <param name="AclVersion">Changes of its permissions.</param>
/// <param name="EphemeralOwner">The session it lives with; 0: it is persistent.</param>
/// <param name="LengthBytes">Bytes of content.</param>
/// <param name="ChildrenCount">Children it has.</param>
/// <param name="ChildrenModifiedZxid">The newest change of its list of children.</param>
public sealed record NodeStat(
    long CreatedZxid,
    long ModifiedZxid,
    DateTimeOffset CreatedAt,
    DateTimeOffset ModifiedAt,
    int Version,
    int ChildrenVersion,
    int AclVersion,
    long EphemeralOwner,
    int LengthBytes,
    int ChildrenCount,
    long ChildrenModifiedZxid);

/// <summary>A node's content as it was at one moment.</summary>
/// <param name="Content">The bytes; the caller's own. A node without content has none.</param>
/// <param name="Stat">What belongs to these bytes.</param>
public sealed record NodeContent(ReadOnlyMemory<byte> Content, NodeStat Stat);

/// <summary>A node's children as they were at one moment.</summary>
/// <param name="Names">Names without the path, in no order.</param>
/// <param name="Stat">The parent's.</param>
public sealed record NodeChildren(IReadOnlyList<string> Names, NodeStat Stat);
