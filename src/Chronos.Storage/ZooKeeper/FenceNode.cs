using Chronos.ZooKeeper;

namespace Chronos.Storage.ZooKeeper;

/// <summary>The node of the fence and its version. ZooKeeper counts from 0 in 32 bits with a sign, and -1 means any
/// version; here versions are counted from 1, and 0 is no node.</summary>
internal static class FenceNode
{
    /// <summary>The version of a node that was just created.</summary>
    public const long First = 1;

    private const int BeforeAnyVersion = -2;

    public static long ToVersion(NodeStat stat) => First + unchecked((uint)stat.Version);

    /// <summary>Fails where the fence is at another version. The last result has its new stat, where it was set.
    /// </summary>
    public static IReadOnlyList<Operation> Guard(
        long version, ReadOnlyMemory<byte>? content, IReadOnlyList<Acl> permissions)
    {
        if (version == 0)
            return content is null
                ? throw new InvalidOperationException("Nothing may be written before there is a fence.")
                : [Operation.Create(NodeNames.Fence, content.Value, CreateMode.Persistent, permissions)];
        var expected = unchecked((int)(uint)(version - First));
        if (content is null) return [Operation.Check(NodeNames.Fence, expected)];
        var set = Operation.Set(NodeNames.Fence, content.Value, expected);
        // The next version would be -1, which guards nothing, so it is passed over.
        return expected == BeforeAnyVersion
            ? [set, Operation.Set(NodeNames.Fence, content.Value, ZooKeeperClient.AnyVersion)]
            : [set];
    }
}
