using System.Text;
using Chronos.Runtime.Ports;
using Chronos.Storage.KeyValues;
using Chronos.Testing.Storage;
using Xunit;

namespace Chronos.Integration.Tests.KeyValues;

/// <summary>The contract of stores, over transactions so small that hardly anything fits into one.</summary>
public sealed class SmallTransactionsTests : StateStoreConformance, IAsyncDisposable
{
    private readonly MemoryRunHistory history = new();
    private readonly MemorySpace space = new();

    public ValueTask DisposeAsync() => history.DisposeAsync();

    protected override Task<OpenedStore> OpenAsync()
    {
        var store = new KeyValueStateStore(new MemoryKeyValues(space, new(4, 2_000, 300, 10)), history);
        return Task.FromResult(new OpenedStore(store, history, store.DisposeAsync));
    }
}

/// <summary>What only a store of small transactions has to survive.</summary>
public sealed class KeyValueStateStoreTests
{
    private static readonly KeyValueLimits Small = new(Changes: 4, Bytes: 3_000, ValueBytes: 300, BatchUnits: 10);

    /// <summary>A leader commits batches of random size over a network that loses requests, loses answers and delivers
    /// late; now and then another takes over, in the middle of a batch. Whatever was answered as committed is there;
    /// a unit is there altogether or not at all, and no unit is there without those before it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Commit_NetworkLosesAndDelays_KeepsUnitsWholeAndInOrder(int seed)
    {
        var random = new Random(seed);
        var space = new MemorySpace();
        var model = new Model();
        MemoryKeyValues? before = null;
        for (var term = 1L; term <= 30; term++)
        {
            var keyValues = new MemoryKeyValues(space, Small, random);
            var store = new KeyValueStateStore(keyValues, new MemoryRunHistory());
            await model.CheckAsync(store, term);
            if (before is not null) await before.DisposeAsync(); // what the old leader sent arrives only now
            before = keyValues;
            keyValues.FaultPercent = 30;
            for (var batch = 1L; batch <= 10; batch++)
            {
                var units = model.NextUnits(random);
                if (!await TryCommitAsync(store, new(batch, term, units), tries: random.Next(1, 30))) break;
                model.Committed();
            }
        }

        await model.CheckAsync(new KeyValueStateStore(new MemoryKeyValues(space, Small), new MemoryRunHistory()), 99);
        Assert.Equal(model.LargeCount, space.Values.Keys.Where(k => k.Area == Area.Parts)
            .Select(k => k.Name[..k.Name.LastIndexOf('-')]).Distinct().Count());
    }

    /// <summary>A backup takes the place of the servers' data under a running leader. What it answered as done is gone;
    /// it may not put what it decides next on top of that.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_StoreWentBack_IsFencedAndLoadedAnew(bool isDeleted)
    {
        var space = new MemorySpace();
        var store = new KeyValueStateStore(new MemoryKeyValues(space, Small), new MemoryRunHistory());
        await LoadAsync(store, 1);
        await store.CommitAsync(new(1, 1, [Unit("kept", 10)]), default);
        var backup = isDeleted ? new MemorySpace() : space.Copy();
        await store.CommitAsync(new(2, 1, [Unit("lost", 10)]), default);
        space.ReplaceBy(backup);

        await Assert.ThrowsAsync<StoreFencedException>(
            () => store.CommitAsync(new(3, 1, [Unit("next", 10)]), default));

        Assert.Equal(isDeleted ? [] : ["kept"], (await LoadAsync(store, 1)).Keys);
        await store.CommitAsync(new(1, 1, [Unit("next", 10)]), default);
        Assert.Contains("next", (await LoadAsync(store, 1)).Keys);
    }

    /// <summary>A leader that was paused while it read meets what a newer one removed meanwhile: nothing is damaged.
    /// </summary>
    [Fact]
    public async Task Load_NewerLeaderRemovesParts_IsFenced()
    {
        var space = new MemorySpace();
        var old = new MemoryKeyValues(space, Small);
        var store = new KeyValueStateStore(old, new MemoryRunHistory());
        await LoadAsync(store, 1);
        await store.CommitAsync(new(1, 1, [Unit("big", 1_000)]), default);
        var newer = new KeyValueStateStore(new MemoryKeyValues(space, Small), new MemoryRunHistory());
        old.BeforeRead = async () =>
        {
            await LoadAsync(newer, 3);
            await newer.CommitAsync(new(1, 3, [Unit("big", 1_001)]), default);
        };

        await Assert.ThrowsAsync<StoreFencedException>(() => LoadAsync(store, 2));

        Assert.Equal(1_003, (await LoadAsync(newer, 3))["big"].Length);
    }

    [Fact]
    public async Task Load_PartIsMissing_SaysWhichDocument()
    {
        var space = new MemorySpace();
        var store = new KeyValueStateStore(new MemoryKeyValues(space, Small), new MemoryRunHistory());
        await LoadAsync(store, 1);
        await store.CommitAsync(new(1, 1, [Unit("big", 1_000)]), default);
        space.Values.Remove(space.Values.Keys.First(k => k.Area == Area.Parts));

        var failure = await Assert.ThrowsAsync<StoreCorruptException>(() => LoadAsync(store, 2));

        Assert.Contains("'big'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"format\":2,\"term\":1}", "format 2")]
    [InlineData("{\"format\":", "damaged")]
    public async Task Load_FenceOfAnotherKind_IsRefused(string fence, string expected)
    {
        var space = new MemorySpace { Version = 1, Fence = Encoding.UTF8.GetBytes(fence) };
        var store = new KeyValueStateStore(new MemoryKeyValues(space, Small), new MemoryRunHistory());

        var failure = await Assert.ThrowsAsync<StoreCorruptException>(() => LoadAsync(store, 2));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> TryCommitAsync(KeyValueStateStore store, CommitBatch batch, int tries)
    {
        for (var i = 0; i < tries; i++)
        {
            try
            {
                await store.CommitAsync(batch, default);
                return true;
            }
            catch (StoreUnavailableException)
            {
                // The loop of a node commits it again.
            }
        }

        return false;
    }

    private static CommitUnit Unit(string name, int bytes) =>
        new([new(new(DocumentKind.State, name), Encoding.UTF8.GetBytes($"\"{new string('x', bytes)}\""))], []);

    private static async Task<Dictionary<string, string>> LoadAsync(KeyValueStateStore store, long term)
    {
        var documents = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var document in store.LoadAsync(term, default))
            documents.Add(document.Key.Name, Encoding.UTF8.GetString(document.Json.Span));
        return documents;
    }

    /// <summary>What must be in the store: all that was answered, and a beginning of what was not.</summary>
    private sealed class Model
    {
        private const int LargeBytes = 301;
        private Dictionary<string, string> documents = new(StringComparer.Ordinal);
        private List<CommitUnit> pending = [];
        private int count;

        public int LargeCount => documents.Values.Count(text => text.Length >= LargeBytes);

        public List<CommitUnit> NextUnits(Random random)
        {
            pending = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => NextUnit(random))];
            return pending;
        }

        public void Committed()
        {
            foreach (var unit in pending) Apply(documents, unit);
            pending = [];
        }

        public async Task CheckAsync(KeyValueStateStore store, long term)
        {
            var found = await LoadAsync(store, term);
            var candidate = new Dictionary<string, string>(documents, StringComparer.Ordinal);
            for (var i = 0; ; i++)
            {
                if (Same(candidate, found)) break;
                Assert.True(i < pending.Count, $"In term {term} the store holds what was never decided together.");
                Apply(candidate, pending[i]);
            }

            (documents, pending) = (found, []);
        }

        private CommitUnit NextUnit(Random random)
        {
            // Some are too many for one transaction, and some documents too large for one value.
            var names = Enumerable.Range(0, random.Next(10) == 0 ? 12 : random.Next(1, 4))
                .Select(_ => $"job-{random.Next(20)}").Distinct().ToList();
            return new([.. names.Select(name => Change(name, random))], []);
        }

        private DocumentChange Change(string name, Random random)
        {
            var key = new DocumentKey(DocumentKind.State, name);
            if (random.Next(5) == 0) return new(key, null);
            var length = random.Next(6) == 0 ? random.Next(LargeBytes, 1_500) : random.Next(1, 100);
            return new(key, Encoding.UTF8.GetBytes($"\"{++count} {new string('x', length)}\""));
        }

        private static bool Same(Dictionary<string, string> left, Dictionary<string, string> right) =>
            left.Count == right.Count && left.All(pair => right.GetValueOrDefault(pair.Key) == pair.Value);

        private static void Apply(Dictionary<string, string> documents, CommitUnit unit)
        {
            foreach (var (key, json) in unit.Documents)
            {
                if (json is { } text) documents[key.Name] = Encoding.UTF8.GetString(text.Span);
                else documents.Remove(key.Name);
            }
        }
    }
}
