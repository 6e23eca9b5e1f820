using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;
using Chronos.Storage.KeyValues;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging;

namespace Chronos.Storage.ZooKeeper;

/// <summary>Values in ZooKeeper, one node each, below the chroot: <c>/fence</c>, <c>/definitions/BUCKET/NAME</c>,
/// <c>/states/BUCKET/NAME</c>, <c>/meta/NAME</c> and <c>/parts/NAME</c>. A transaction is a <c>multi</c>.
/// <para>Creating a node and setting it are two operations, so what exists is remembered; where that turns out wrong,
/// the servers are asked.</para></summary>
internal sealed class ZooKeeperKeyValues(ZooKeeperOptions options, ILoggerFactory loggers) : IKeyValues
{
    private const int BucketsAhead = 8;
    private const int TriesMax = 3;
    private readonly ZooKeeperSessions sessions = new(options, loggers);
    private readonly HashSet<ulong> existing = []; // hashes of names; a guess that the servers correct
    private readonly Lock gate = new(); // areas are read side by side
    private bool isPrepared;

    public string Place => sessions.Place;

    /// <summary>Servers take requests of 1 MiB, unless they are set up for more.</summary>
    public KeyValueLimits Limits { get; } =
        new(Changes: 2_000, Bytes: 900 * 1024, ValueBytes: 512 * 1024, BatchUnits: 2_000);

    public async Task<StoredFence> ReadFenceAsync(CancellationToken cancellationToken)
    {
        var session = await PreparedAsync(cancellationToken);
        try
        {
            await sessions.DoAsync(session, token => Synced(session, token), cancellationToken);
            var fence = await sessions.DoAsync(
                session, token => session.GetAsync(NodeNames.Fence, token), cancellationToken);
            return new(FenceNode.ToVersion(fence.Stat), fence.Content);
        }
        catch (ZooKeeperException e) when (e.Error == ZooKeeperError.NoNode)
        {
            Volatile.Write(ref isPrepared, false); // somebody may have deleted everything
            return new(0, null);
        }
    }

    public async Task<long?> WriteAsync(
        long fenceVersion, ReadOnlyMemory<byte>? fence, IReadOnlyList<KeyChange> changes,
        CancellationToken cancellationToken)
    {
        var session = await PreparedAsync(cancellationToken);
        var guard = FenceNode.Guard(fenceVersion, fence, sessions.Permissions);
        for (var attempt = 1; ; attempt++)
        {
            var written = await OperationsAsync(session, changes, attempt > 1, cancellationToken);
            try
            {
                var results = await sessions.DoAsync(
                    session, token => session.MultiAsync([.. guard, .. written], token), cancellationToken);
                Remember(changes);
                if (fence is null) return fenceVersion;
                return results[guard.Count - 1].Stat is { } stat ? FenceNode.ToVersion(stat) : FenceNode.First;
            }
            catch (MultiException e) when (e.FailedIndex < guard.Count)
            {
                return null;
            }
            catch (MultiException e) when (e.Error is ZooKeeperError.NoNode or ZooKeeperError.NodeExists)
            {
                if (attempt == TriesMax) throw new StoreUnavailableException($"{Place}: {e.Message}", e);
            }
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<KeyValue>> ReadAllAsync(
        Area area, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var session = await PreparedAsync(cancellationToken);
        await sessions.DoAsync(session, token => Synced(session, token), cancellationToken);
        var reading = new Queue<Task<IReadOnlyList<KeyValue>>>();
        foreach (var bucket in NodeNames.BucketsOf(area))
        {
            reading.Enqueue(ReadBucketAsync(session, area, bucket, cancellationToken));
            if (reading.Count >= BucketsAhead) yield return await reading.Dequeue();
        }

        while (reading.TryDequeue(out var page)) yield return await page;
    }

    public async Task<IReadOnlyList<string>> ListNamesAsync(Area area, CancellationToken cancellationToken)
    {
        var session = await PreparedAsync(cancellationToken);
        var names = new List<string>();
        foreach (var bucket in NodeNames.BucketsOf(area))
        {
            var children = await ReadingAsync(
                session, token => session.ChildrenAsync(bucket, token), cancellationToken);
            names.AddRange(children.Names.Select(NodeNames.Decode));
        }

        lock (gate) existing.UnionWith(names.Select(name => NodeNames.HashOf(area, name)));
        return names;
    }

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(Area area, string name, CancellationToken cancellationToken)
    {
        var session = await PreparedAsync(cancellationToken);
        try
        {
            var path = NodeNames.PathOf(area, name);
            return (await sessions.DoAsync(session, token => session.GetAsync(path, token), cancellationToken)).Content;
        }
        catch (ZooKeeperException e) when (e.Error == ZooKeeperError.NoNode)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => sessions.DisposeAsync();

    /// <summary>Makes sure that all buckets exist.</summary>
    private async Task<ZooKeeperClient> PreparedAsync(CancellationToken cancellationToken)
    {
        var session = sessions.Current;
        if (Volatile.Read(ref isPrepared)) return session;
        await sessions.DoAsync(session, PrepareAsync, cancellationToken);
        Volatile.Write(ref isPrepared, true);
        return session;

        async Task<bool> PrepareAsync(CancellationToken token)
        {
            await session.EnsureAsync("/", sessions.Permissions, token);
            foreach (var area in Enum.GetValues<Area>())
            {
                await session.EnsureAsync(NodeNames.Folder(area), sessions.Permissions, token);
                await Task.WhenAll(NodeNames.BucketsOf(area).Select(
                    bucket => session.EnsureAsync(bucket, sessions.Permissions, token)));
            }

            return true;
        }
    }

    private async Task<IReadOnlyList<KeyValue>> ReadBucketAsync(
        ZooKeeperClient session, Area area, string bucket, CancellationToken cancellationToken)
    {
        var children = await ReadingAsync(
            session, token => session.ChildrenAsync(bucket, token), cancellationToken);
        // Sent together; the answers come in order.
        var contents = await ReadingAsync(
            session,
            token => Task.WhenAll(children.Names.Select(name => session.GetAsync($"{bucket}/{name}", token))),
            cancellationToken);
        var page = new List<KeyValue>(contents.Length);
        for (var i = 0; i < contents.Length; i++)
            page.Add(new(NodeNames.Decode(children.Names[i]), contents[i].Content));
        lock (gate)
            foreach (var (name, _) in page) existing.Add(NodeNames.HashOf(area, name));
        return page;
    }

    /// <summary>Reads nodes that are there, unless a newer leader deletes them meanwhile.</summary>
    private async Task<T> ReadingAsync<T>(
        ZooKeeperClient session, Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.DoAsync(session, request, cancellationToken);
        }
        catch (ZooKeeperException e)
        {
            throw new StoreUnavailableException($"{Place} has changed while it was read: {e.Message}", e);
        }
    }

    private async Task<List<Operation>> OperationsAsync(
        ZooKeeperClient session, IReadOnlyList<KeyChange> changes, bool ask, CancellationToken cancellationToken)
    {
        // A node to delete that nobody knows of may exist all the same.
        var exist = await Task.WhenAll(changes.Select(change =>
            ask || (change.Value is null && !Exists(change)) ? AskAsync(change) : Task.FromResult(Exists(change))));
        var operations = new List<Operation>(changes.Count);
        for (var i = 0; i < changes.Count; i++)
        {
            var (area, name, value) = changes[i];
            var path = NodeNames.PathOf(area, name);
            if (value is null)
            {
                if (exist[i]) operations.Add(Operation.Delete(path, ZooKeeperClient.AnyVersion));
            }
            else
            {
                operations.Add(exist[i]
                    ? Operation.Set(path, value.Value, ZooKeeperClient.AnyVersion)
                    : Operation.Create(path, value.Value, CreateMode.Persistent, sessions.Permissions));
            }
        }

        return operations;

        async Task<bool> AskAsync(KeyChange change) => await sessions.DoAsync(
            session,
            token => session.ExistsAsync(NodeNames.PathOf(change.Area, change.Name), token),
            cancellationToken) is not null;
    }

    private bool Exists(KeyChange change)
    {
        lock (gate) return existing.Contains(NodeNames.HashOf(change.Area, change.Name));
    }

    private void Remember(IReadOnlyList<KeyChange> changes)
    {
        lock (gate)
        {
            foreach (var (area, name, value) in changes)
            {
                if (value is null) existing.Remove(NodeNames.HashOf(area, name));
                else existing.Add(NodeNames.HashOf(area, name));
            }
        }
    }

    private static async Task<bool> Synced(ZooKeeperClient session, CancellationToken cancellationToken)
    {
        await session.SyncAsync("/", cancellationToken);
        return true;
    }
}
