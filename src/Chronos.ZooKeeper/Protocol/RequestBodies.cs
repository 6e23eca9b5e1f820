namespace Chronos.ZooKeeper.Protocol;

/// <summary>The bodies of requests that a multi-request shares with single ones, and others.</summary>
internal static class RequestBodies
{
    internal static void WriteCreate(
        this JuteWriter writer, string path, ReadOnlySpan<byte> content, CreateMode mode,
        IReadOnlyList<Acl> permissions)
    {
        writer.WriteString(path);
        writer.WriteBuffer(content);
        writer.WritePermissions(permissions);
        writer.WriteInt((int)mode);
    }

    internal static void WriteSet(this JuteWriter writer, string path, ReadOnlySpan<byte> content, int version)
    {
        writer.WriteString(path);
        writer.WriteBuffer(content);
        writer.WriteInt(version);
    }

    internal static void WriteVersioned(this JuteWriter writer, string path, int version)
    {
        writer.WriteString(path);
        writer.WriteInt(version);
    }

    internal static void WritePermissions(this JuteWriter writer, IReadOnlyList<Acl> permissions)
    {
        writer.WriteInt(permissions.Count);
        foreach (var acl in permissions)
        {
            writer.WriteInt((int)acl.Permissions);
            writer.WriteString(acl.Scheme);
            writer.WriteString(acl.Id);
        }
    }

    /// <summary>What precedes each operation of a multi-request, and ends it.</summary>
    internal static void WriteMultiHeader(this JuteWriter writer, OpCode code, bool isEnd)
    {
        writer.WriteInt((int)code);
        writer.WriteBool(isEnd);
        writer.WriteInt(-1);
    }
}
