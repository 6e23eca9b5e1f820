using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;
using Chronos.Storage.KeyValues;

namespace Chronos.Integration.Tests.KeyValues;

/// <summary>What several <see cref="MemoryKeyValues"/> share: the servers.</summary>
internal sealed class MemorySpace
{
    public long Version { get; set; }

    public ReadOnlyMemory<byte>? Fence { get; set; }

    public SortedDictionary<(Area Area, string Name), byte[]> Values { get; private init; } = [];

    public MemorySpace Copy() => new() { Version = Version, Fence = Fence, Values = new(Values) };

    public void ReplaceBy(MemorySpace other)
    {
        (Version, Fence) = (other.Version, other.Fence);
        Values.Clear();
        foreach (var (key, value) in other.Values) Values.Add(key, value);
    }
}

/// <summary>A client of a key-value store in memory, with limits small enough for tests and with a network that loses
/// requests, loses answers, and delivers requests late.</summary>
internal sealed class MemoryKeyValues(MemorySpace space, KeyValueLimits limits, Random? faults = null) : IKeyValues
{
    private readonly Queue<Action> late = [];

    public string Place => "memory";

    public KeyValueLimits Limits => limits;

    /// <summary>Of a hundred writes so many go wrong.</summary>
    public int FaultPercent { get; set; }

    /// <summary>Happens once, before a single value is read; null: nothing does.</summary>
    public Func<Task>? BeforeRead { get; set; }

    public Task<StoredFence> ReadFenceAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new StoredFence(space.Version, space.Fence));

    public Task<long?> WriteAsync(
        long fenceVersion, ReadOnlyMemory<byte>? fence, IReadOnlyList<KeyChange> changes,
        CancellationToken cancellationToken)
    {
        CheckLimits(changes);
        var copied = changes.Select(c => c with { Value = Copy(c.Value) }).ToList();
        var copiedFence = Copy(fence);
        if (faults is not null && faults.Next(100) < FaultPercent)
            return Fail(() => Apply(fenceVersion, copiedFence, copied));
        while (late.Count > 0 && faults?.Next(2) == 0) late.Dequeue()();
        return Task.FromResult(Apply(fenceVersion, copiedFence, copied));
    }

    public async IAsyncEnumerable<IReadOnlyList<KeyValue>> ReadAllAsync(
        Area area, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var page in space.Values.Where(v => v.Key.Area == area).ToList().Chunk(3))
        {
            await Task.Yield();
            yield return [.. page.Select(v => new KeyValue(v.Key.Name, v.Value))];
        }
    }

    public Task<IReadOnlyList<string>> ListNamesAsync(Area area, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(
            [.. space.Values.Keys.Where(k => k.Area == area).Select(k => k.Name)]);

    public async Task<ReadOnlyMemory<byte>?> ReadAsync(Area area, string name, CancellationToken cancellationToken)
    {
        var before = BeforeRead;
        BeforeRead = null;
        if (before is not null) await before();
        return space.Values.TryGetValue((area, name), out var value)
            ? new ReadOnlyMemory<byte>(value)
            : default(ReadOnlyMemory<byte>?);
    }

    public ValueTask DisposeAsync()
    {
        while (late.TryDequeue(out var request)) request(); // the worst moment: another has begun
        return ValueTask.CompletedTask;
    }

    private Task<long?> Fail(Action request)
    {
        switch (faults?.Next(3))
        {
            case 0:
                break; // lost on the way
            case 1:
                request(); // the answer is lost
                break;
            default:
                late.Enqueue(request);
                break;
        }

        return Task.FromException<long?>(new StoreUnavailableException("Planned failure; nobody knows."));
    }

    private long? Apply(long fenceVersion, ReadOnlyMemory<byte>? fence, IReadOnlyList<KeyChange> changes)
    {
        if (fenceVersion != space.Version) return null;
        foreach (var (area, name, value) in changes)
        {
            if (value is { } put) space.Values[(area, name)] = put.ToArray();
            else space.Values.Remove((area, name));
        }

        if (fence is not null) (space.Version, space.Fence) = (space.Version + 1, fence);
        return space.Version;
    }

    private static ReadOnlyMemory<byte>? Copy(ReadOnlyMemory<byte>? value) =>
        value is { } given ? new ReadOnlyMemory<byte>(given.ToArray()) : default(ReadOnlyMemory<byte>?);

    private void CheckLimits(IReadOnlyList<KeyChange> changes)
    {
        var bytes = changes.Sum(c => KeyValueLimits.CostOf(c.Name, c.Value?.Length ?? 0));
        if (changes.Count > limits.Changes || bytes > limits.Bytes
            || changes.Any(c => c.Value?.Length > limits.ValueBytes)
            || changes.DistinctBy(c => (c.Area, c.Name)).Count() != changes.Count)
            throw new InvalidOperationException("The transaction breaks the limits.");
    }
}
