namespace Chronos.ZooKeeper;

/// <summary>Something that was read, and word of its next change.
/// <code>
/// while (true)
/// {
///     var (children, changed) = await client.ChildrenAndWatchAsync("/group", cancellationToken);
///     Use(children.Names);
///     await changed.WaitAsync(cancellationToken);
/// }
/// </code></summary>
/// <param name="Value">What was read.</param>
/// <param name="Changed">Completes once, with the first change after the read, also one that happened while the
/// connection was lost. Fails with a <see cref="ZooKeeperException"/> when the session ends. Watches of the same kind
/// on the same path share one.</param>
public sealed record Watched<T>(T Value, Task<WatchEvent> Changed);
