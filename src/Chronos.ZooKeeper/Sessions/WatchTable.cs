using Chronos.ZooKeeper.Protocol;

namespace Chronos.ZooKeeper.Sessions;

/// <summary>The watches that wait for their event, by the path on the servers. Only the connection in use touches it,
/// in the order in which the server answers, so a watch is known before its event comes.</summary>
internal sealed class WatchTable(string chroot)
{
    /// <summary>Servers take 1 MB by default; a part of this size always fits.</summary>
    private const int PartBytesMax = 128 * 1024;

    private readonly Dictionary<string, TaskCompletionSource<WatchEvent>>[] byKind = [[], [], []];

    internal bool IsEmpty => byKind.All(table => table.Count == 0);

    /// <summary>Watches; the same kind on the same path shares one watch, as it does on the server.</summary>
    internal Task<WatchEvent> Add(WatchKind kind, string path)
    {
        var table = byKind[(int)kind];
        if (!table.TryGetValue(path, out var watch))
        {
            watch = new(TaskCreationOptions.RunContinuationsAsynchronously);
            table.Add(path, watch);
        }

        return watch.Task;
    }

    /// <summary>Reads a notification and ends the watches that it is for.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    internal void Fire(ref JuteReader body)
    {
        var kind = (WatchEventKind)body.ReadInt();
        _ = body.ReadInt(); // the session's state, which the connection knows better
        var path = body.ReadString();
        foreach (var table in KindsOf(kind))
        {
            if (byKind[(int)table].Remove(path, out var watch))
                watch.SetResult(new(kind, NodePath.FromServer(chroot, path)));
        }
    }

    /// <summary>Bodies of requests that make another server watch the same.</summary>
    internal IEnumerable<Action<JuteWriter>> PartsToRestore(long lastZxid)
    {
        var part = NewPart();
        var bytes = 0;
        foreach (var kind in Enum.GetValues<WatchKind>())
        {
            foreach (var path in byKind[(int)kind].Keys)
            {
                if (bytes > PartBytesMax)
                {
                    yield return Write(part, lastZxid);
                    (part, bytes) = (NewPart(), 0);
                }

                part[(int)kind].Add(path);
                bytes += sizeof(int) + System.Text.Encoding.UTF8.GetByteCount(path);
            }
        }

        if (bytes > 0) yield return Write(part, lastZxid);
    }

    /// <summary>The session is over.</summary>
    internal void FailAll(Func<string, ZooKeeperException> exception)
    {
        foreach (var table in byKind)
        {
            foreach (var (path, watch) in table)
            {
                watch.SetException(exception(NodePath.FromServer(chroot, path)));
                _ = watch.Task.Exception; // a watch that nobody looks at any more is no defect
            }

            table.Clear();
        }
    }

    private static List<string>[] NewPart() => [[], [], []];

    private static Action<JuteWriter> Write(List<string>[] part, long lastZxid) => writer =>
    {
        writer.WriteLong(lastZxid);
        foreach (var paths in part) writer.WriteStrings(paths);
    };

    private static WatchKind[] KindsOf(WatchEventKind kind) => kind switch
    {
        WatchEventKind.Created or WatchEventKind.ContentChanged => [WatchKind.Content, WatchKind.Absence],
        WatchEventKind.Deleted => [WatchKind.Content, WatchKind.Absence, WatchKind.Children],
        WatchEventKind.ChildrenChanged => [WatchKind.Children],
        _ => throw new InvalidDataException($"A notification cannot be of the kind {(int)kind}."),
    };
}

/// <summary>What is watched, in the order of the wire.</summary>
internal enum WatchKind
{
    /// <summary>A node that exists: its content and its end.</summary>
    Content,

    /// <summary>A node that does not exist: its creation.</summary>
    Absence,

    /// <summary>A node's list of children, and its end.</summary>
    Children,
}
