using System.Runtime.CompilerServices;
using System.Text.Json;
using Chronos.Core.Tests.Leadership;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using Chronos.Testing.Elections;
using Chronos.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Replication;

/// <summary>Two nodes of which one keeps a copy of what the other decides.</summary>
public sealed class CopiedTakeOverTests : IAsyncDisposable
{
    private readonly MemoryRunHistory history = new();
    private readonly MemoryBallot ballot;
    private readonly CountingStore firstStore;
    private readonly CountingStore secondStore;
    private readonly DirectSource source;
    private readonly List<Participant> participants = [];
    private readonly List<ReplicaKeeper> keepers = [];

    public CopiedTakeOverTests()
    {
        var store = new MemoryStateStore(history);
        ballot = new(TimeProvider.System, TimeSpan.FromSeconds(1.5), store);
        (firstStore, secondStore) = (new(store), new(store));
        source = new(id => participants.Single(known => known.Node.Self.Id == id).Node);
    }

    [Fact]
    public async Task Follower_TakesOverWithItsCopy_AndDoesNotReadTheStore()
    {
        var first = await LeaderAsync();
        await first.PutAsync("before-the-copy");
        var second = JoinSecond();
        await second.UntilAsync(node => node.Copy is { Jobs: 1, Term: 1 });
        await first.PutAsync("after-the-copy");

        first.Election.IsCut = true;
        await second.UntilAsync(node => node.Leads);

        Assert.Equal(0, secondStore.LoadCount);
        Assert.Equal(
            ["after-the-copy", "before-the-copy"],
            second.Node.Node.Jobs.InOrder().Select(known => known.Job.Name));
        await second.PutAsync("by-the-new-leader");
        Assert.Null(second.Node.Copy);
    }

    [Fact]
    public async Task Follower_ThatWasNotToldTheLast_ReadsTheStore()
    {
        var first = await LeaderAsync();
        await first.PutAsync("before");
        var second = JoinSecond();
        await second.UntilAsync(node => node.Copy is { Jobs: 1 });
        source.IsDeaf = true;
        await first.PutAsync("unheard-1");
        await first.PutAsync("unheard-2");

        first.Election.IsCut = true;
        await second.UntilAsync(node => node.Leads);

        Assert.Equal(1, secondStore.LoadCount);
        Assert.Equal(
            ["before", "unheard-1", "unheard-2"], second.Node.Node.Jobs.InOrder().Select(known => known.Job.Name));
    }

    [Fact]
    public async Task Leader_ThatComesBack_FollowsAndTakesOverWithItsCopy()
    {
        var first = await LeaderAsync();
        var second = JoinSecond();
        await second.UntilAsync(node => node.Copy is not null);
        first.Election.IsCut = true;
        await second.UntilAsync(node => node.Leads);
        first.Election.IsCut = false;
        await first.UntilAsync(node => node.Copy is { Term: 2 });
        await second.PutAsync("by-the-second");

        second.Election.IsCut = true;
        await first.UntilAsync(node => node.Leads);

        Assert.Equal(1, firstStore.LoadCount); // when it led for the first time
        Assert.NotNull(first.Node.Node.Jobs.Find("by-the-second"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var participant in participants)
        {
            participant.Election.IsCut = false;
            await participant.StopAsync();
            await participant.DisposeAsync();
        }

        foreach (var keeper in keepers) await keeper.DisposeAsync();
        await history.DisposeAsync();
    }

    private async Task<Participant> LeaderAsync()
    {
        var first = Join("first", firstStore);
        await first.UntilAsync(node => node.Leads);
        return first;
    }

    private Participant JoinSecond() => Join("second", secondStore);

    private Participant Join(string id, CountingStore store)
    {
        var keeper = new ReplicaKeeper(
            source, DateTimeZone.Utc, SystemClock.Instance, NullLogger<ReplicaKeeper>.Instance);
        keepers.Add(keeper);
        var joined = new Participant(id, ballot, store, history, keeper);
        participants.Add(joined);
        return joined;
    }

    /// <summary>Reads from the leader in the same process; what it does not hear is lost.</summary>
    private sealed class DirectSource(Func<string, ElectedNode> find) : IReplicationSource
    {
        public bool IsDeaf { get; set; }

        public async IAsyncEnumerable<JsonElement> ReadAsync(
            Leader leader, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var line in find(leader.Member.Id).Node.Replication.ReadAsync(cancellationToken))
            {
                if (IsDeaf) throw new IOException("The connection broke.");
                using var document = JsonDocument.Parse(line);
                yield return document.RootElement.Clone();
            }
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Counts how often everything was read.</summary>
    private sealed class CountingStore(IStateStore inner) : IStateStore
    {
        private int loadCount;

        public int LoadCount => loadCount;

        public int BatchUnits => inner.BatchUnits;

        public Task<long> ReadTermAsync(CancellationToken cancellationToken) => inner.ReadTermAsync(cancellationToken);

        public Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken) =>
            inner.TakeAsync(term, cancellationToken);

        public IAsyncEnumerable<StoredDocument> LoadAsync(long term, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref loadCount);
            return inner.LoadAsync(term, cancellationToken);
        }

        public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken) =>
            inner.CommitAsync(batch, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
