namespace Chronos.ZooKeeper;

/// <summary>What a watch saw. It says that something changed, not what there is now: read again, and watch again.
/// </summary>
/// <param name="Kind">What happened.</param>
/// <param name="Path">To which node.</param>
public readonly record struct WatchEvent(WatchEventKind Kind, string Path);

/// <summary>What can happen to a watched node. The values are those of the wire.</summary>
public enum WatchEventKind
{
    /// <summary>It exists now.</summary>
    Created = 1,

    /// <summary>It exists no more.</summary>
    Deleted = 2,

    /// <summary>Its content was set.</summary>
    ContentChanged = 3,

    /// <summary>A child was created or deleted.</summary>
    ChildrenChanged = 4,
}
