using Chronos.ZooKeeper.Protocol;

namespace Chronos.ZooKeeper;

/// <summary>One of the changes that <see cref="ZooKeeperClient.MultiAsync"/> carries out together.</summary>
public sealed class Operation
{
    private readonly Action<JuteWriter, string> write;

    private Operation(OpCode code, string path, bool isSequential, Action<JuteWriter, string> write)
    {
        (Code, Path, IsSequential, this.write) = (code, path, isSequential, write);
    }

    /// <summary>The path as the caller wrote it.</summary>
    public string Path { get; }

    internal OpCode Code { get; }

    internal bool IsSequential { get; }

    /// <summary>Creates a node; the result has its path.</summary>
    public static Operation Create(
        string path, ReadOnlyMemory<byte> content, CreateMode mode, IReadOnlyList<Acl> permissions) =>
        new(OpCode.Create, path, mode.IsSequential(), (writer, full) =>
            writer.WriteCreate(full, content.Span, mode, permissions));

    /// <summary>Sets a node's content; the result has its new stat.</summary>
    /// <param name="path">The node.</param>
    /// <param name="content">The new content.</param>
    /// <param name="version">The version that it must be at, or <see cref="ZooKeeperClient.AnyVersion"/>.</param>
    public static Operation Set(string path, ReadOnlyMemory<byte> content, int version) =>
        new(OpCode.SetData, path, isSequential: false, (writer, full) =>
            writer.WriteSet(full, content.Span, version));

    /// <summary>Deletes a node without children.</summary>
    /// <param name="path">The node.</param>
    /// <param name="version">The version that it must be at, or <see cref="ZooKeeperClient.AnyVersion"/>.</param>
    public static Operation Delete(string path, int version) =>
        new(OpCode.Delete, path, isSequential: false, (writer, full) => writer.WriteVersioned(full, version));

    /// <summary>Changes nothing, but fails all where the node is not at this version; the fence of a leader.</summary>
    /// <param name="path">The node.</param>
    /// <param name="version">The version that it must be at, or <see cref="ZooKeeperClient.AnyVersion"/>: it must
    /// exist.</param>
    public static Operation Check(string path, int version) =>
        new(OpCode.Check, path, isSequential: false, (writer, full) => writer.WriteVersioned(full, version));

    internal void Write(JuteWriter writer, string serverPath) => write(writer, serverPath);
}

/// <summary>What became of one operation.</summary>
/// <param name="CreatedPath">The path of the new node, with its number; null: it was no creation.</param>
/// <param name="Stat">The node's stat after its content was set; null: it was not.</param>
public sealed record OperationResult(string? CreatedPath, NodeStat? Stat);
