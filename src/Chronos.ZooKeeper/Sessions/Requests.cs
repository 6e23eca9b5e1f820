using Chronos.ZooKeeper.Protocol;

namespace Chronos.ZooKeeper.Sessions;

/// <summary>Makes requests of what callers ask for, and results of the answers. Paths come and go as callers write
/// them, below the chroot.</summary>
internal sealed class Requests(string chroot, int bytesMax, WatchTable watches)
{
    private delegate T ReadBody<out T>(ref JuteReader body);

    internal Request<string> Create(
        string path, ReadOnlySpan<byte> content, CreateMode mode, IReadOnlyList<Acl> permissions)
    {
        var full = ToServer(path, mode.IsSequential());
        var writer = RequestFrame.Begin(OpCode.Create, RequestFrame.CapacityFor(full, content.Length));
        writer.WriteCreate(full, content, mode, permissions);
        return Make(OpCode.Create, path, writer,
            (ref JuteReader body) => NodePath.FromServer(chroot, body.ReadString()));
    }

    /// <summary>The nodes of a path from the top of the servers' tree, as they are there.</summary>
    internal IReadOnlyList<string> StepsOnServer(string path) =>
        [.. NodePath.Steps(ToServer(path, isSequential: false))];

    /// <summary>Creates one of <see cref="StepsOnServer"/> unless it is there.</summary>
    internal Request<bool> CreateStep(string full, IReadOnlyList<Acl> permissions)
    {
        var writer = RequestFrame.Begin(OpCode.Create, RequestFrame.CapacityFor(full));
        writer.WriteCreate(full, [], CreateMode.Persistent, permissions);
        return Make(OpCode.Create, full, writer, (ZooKeeperError error, ref JuteReader _) => error switch
        {
            ZooKeeperError.None => true,
            ZooKeeperError.NodeExists => false,
            _ => throw new ZooKeeperException(error, full),
        });
    }

    /// <summary>Whether one of <see cref="StepsOnServer"/> is there.</summary>
    internal Request<NodeStat?> FindStep(string full) =>
        Make(OpCode.Exists, full, Reading(OpCode.Exists, full, watch: false),
            (ZooKeeperError error, ref JuteReader body) => ReadStat(error, ref body, full));

    internal Request<NodeContent> Get(string path) =>
        Make(OpCode.GetData, path, Reading(OpCode.GetData, ToServer(path), watch: false),
            static (ref JuteReader body) => body.ReadContent());

    internal Request<Watched<NodeContent>> GetAndWatch(string path)
    {
        var full = ToServer(path);
        return Make(OpCode.GetData, path, Reading(OpCode.GetData, full, watch: true),
            (ref JuteReader body) => Watch(body.ReadContent(), WatchKind.Content, full));
    }

    internal Request<NodeStat?> Exists(string path) =>
        Make(OpCode.Exists, path, Reading(OpCode.Exists, ToServer(path), watch: false),
            (ZooKeeperError error, ref JuteReader body) => ReadStat(error, ref body, path));

    internal Request<Watched<NodeStat?>> ExistsAndWatch(string path)
    {
        var full = ToServer(path);
        return Make(OpCode.Exists, path, Reading(OpCode.Exists, full, watch: true),
            (ZooKeeperError error, ref JuteReader body) =>
            {
                var stat = ReadStat(error, ref body, path);
                return Watch(stat, stat is null ? WatchKind.Absence : WatchKind.Content, full);
            });
    }

    internal Request<NodeChildren> Children(string path) =>
        Make(OpCode.GetChildren2, path, Reading(OpCode.GetChildren2, ToServer(path), watch: false),
            static (ref JuteReader body) => body.ReadChildren());

    internal Request<Watched<NodeChildren>> ChildrenAndWatch(string path)
    {
        var full = ToServer(path);
        return Make(OpCode.GetChildren2, path, Reading(OpCode.GetChildren2, full, watch: true),
            (ref JuteReader body) => Watch(body.ReadChildren(), WatchKind.Children, full));
    }

    internal Request<NodeStat> Set(string path, ReadOnlySpan<byte> content, int version)
    {
        var full = ToServer(path);
        var writer = RequestFrame.Begin(OpCode.SetData, RequestFrame.CapacityFor(full, content.Length));
        writer.WriteSet(full, content, version);
        return Make(OpCode.SetData, path, writer, static (ref JuteReader body) => body.ReadStat());
    }

    internal Request<bool> Delete(string path, int version)
    {
        var full = ToServer(path);
        var writer = RequestFrame.Begin(OpCode.Delete, RequestFrame.CapacityFor(full));
        writer.WriteVersioned(full, version);
        return Make(OpCode.Delete, path, writer, static (ref JuteReader _) => true);
    }

    internal Request<bool> Sync(string path)
    {
        var writer = RequestFrame.Begin(OpCode.Sync, capacity: 128);
        writer.WriteString(ToServer(path));
        return Make(OpCode.Sync, path, writer, static (ref JuteReader _) => true);
    }

    internal Request<NodePermissions> GetPermissions(string path)
    {
        var writer = RequestFrame.Begin(OpCode.GetAcl, capacity: 128);
        writer.WriteString(ToServer(path));
        return Make(OpCode.GetAcl, path, writer, static (ref JuteReader body) => body.ReadPermissions());
    }

    internal Request<NodeStat> SetPermissions(string path, IReadOnlyList<Acl> permissions, int aclVersion)
    {
        var writer = RequestFrame.Begin(OpCode.SetAcl, capacity: 256);
        writer.WriteString(ToServer(path));
        writer.WritePermissions(permissions);
        writer.WriteInt(aclVersion);
        return Make(OpCode.SetAcl, path, writer, static (ref JuteReader body) => body.ReadStat());
    }

    internal Request<IReadOnlyList<OperationResult>> Multi(IReadOnlyList<Operation> operations)
    {
        var writer = RequestFrame.Begin(OpCode.Multi, capacity: 1024);
        foreach (var operation in operations)
        {
            writer.WriteMultiHeader(operation.Code, isEnd: false);
            operation.Write(writer, ToServer(operation.Path, operation.IsSequential));
        }

        writer.WriteMultiHeader(OpCode.Error, isEnd: true);
        var path = operations.Count == 0 ? "" : operations[0].Path;
        return Make(OpCode.Multi, path, writer,
            (ref JuteReader body) => MultiAnswer.Read(ref body, operations, chroot));
    }

    private static JuteWriter Reading(OpCode code, string full, bool watch)
    {
        var writer = RequestFrame.Begin(code, RequestFrame.CapacityFor(full));
        writer.WriteString(full);
        writer.WriteBool(watch);
        return writer;
    }

    private static NodeStat? ReadStat(ZooKeeperError error, ref JuteReader body, string path) => error switch
    {
        ZooKeeperError.None => body.ReadStat(),
        ZooKeeperError.NoNode => null,
        _ => throw new ZooKeeperException(error, path),
    };

    private string ToServer(string path, bool isSequential = false) =>
        isSequential ? NodePath.ToServerSequential(chroot, path) : NodePath.ToServer(chroot, path);

    private Watched<T> Watch<T>(T value, WatchKind kind, string full) => new(value, watches.Add(kind, full));

    private Request<T> Make<T>(OpCode code, string path, JuteWriter writer, ReadBody<T> read) =>
        Make(code, path, writer, (ZooKeeperError error, ref JuteReader body) =>
            error == ZooKeeperError.None ? read(ref body) : throw new ZooKeeperException(error, path));

    private Request<T> Make<T>(OpCode code, string path, JuteWriter writer, ReadAnswer<T> read) =>
        new(code, path, RequestFrame.End(writer, path, bytesMax), read);
}
