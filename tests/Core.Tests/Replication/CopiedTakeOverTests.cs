using System.Runtime.CompilerServices;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Runtime.Replication;
using Chronos.Testing.Elections;
using Chronos.Testing.Engines;
using Chronos.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Xunit;

namespace Chronos.Core.Tests.Replication;

/// <summary>Two nodes of which one keeps a copy of what the other decides.</summary>
public sealed class CopiedTakeOverTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly MemoryStateStore store;
    private readonly MemoryRunHistory history = new();
    private readonly MemoryBallot ballot;
    private readonly List<Participant> participants = [];

    public CopiedTakeOverTests()
    {
        store = new(history);
        ballot = new(TimeProvider.System, TimeSpan.FromSeconds(1.5), store);
    }

    [Fact]
    public async Task Follower_TakesOverWithItsCopy_AndDoesNotReadTheStore()
    {
        var first = await LeaderAsync();
        await PutAsync(first, "before-the-copy");
        var second = Join("second");
        await UntilAsync(() => second.Node.Copy is { Jobs: 1, Term: 1 });
        await PutAsync(first, "after-the-copy");

        first.Election.IsCut = true;
        await UntilAsync(() => second.Node.Leads);

        Assert.Equal(0, second.Store.LoadCount);
        Assert.Equal(
            ["after-the-copy", "before-the-copy"],
            second.Node.Node.Jobs.InOrder().Select(known => known.Job.Name));
        await PutAsync(second, "by-the-new-leader");
        Assert.Null(second.Node.Copy);
    }

    [Fact]
    public async Task Follower_ThatWasNotToldTheLast_ReadsTheStore()
    {
        var first = await LeaderAsync();
        await PutAsync(first, "before");
        var second = Join("second");
        await UntilAsync(() => second.Node.Copy is { Jobs: 1 });
        second.Source.IsDeaf = true;
        await PutAsync(first, "unheard-1");
        await PutAsync(first, "unheard-2");

        first.Election.IsCut = true;
        await UntilAsync(() => second.Node.Leads);

        Assert.Equal(1, second.Store.LoadCount);
        Assert.Equal(
            ["before", "unheard-1", "unheard-2"], second.Node.Node.Jobs.InOrder().Select(known => known.Job.Name));
    }

    [Fact]
    public async Task Leader_ThatComesBack_FollowsAndTakesOverWithItsCopy()
    {
        var first = await LeaderAsync();
        var second = Join("second");
        await UntilAsync(() => second.Node.Copy is not null);
        first.Election.IsCut = true;
        await UntilAsync(() => second.Node.Leads);
        first.Election.IsCut = false;
        await UntilAsync(() => first.Node.Copy is { Term: 2 });
        await PutAsync(second, "by-the-second");

        second.Election.IsCut = true;
        await UntilAsync(() => first.Node.Leads);

        Assert.Equal(1, first.Store.LoadCount); // when it led for the first time
        Assert.NotNull(first.Node.Node.Jobs.Find("by-the-second"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var participant in participants) await participant.DisposeAsync();
        await history.DisposeAsync();
    }

    private async Task<Participant> LeaderAsync()
    {
        var first = Join("first");
        await UntilAsync(() => first.Node.Leads);
        return first;
    }

    private Participant Join(string id)
    {
        var joined = new Participant(
            new(id, $"http://{id}:8080", "test"), ballot, new(store), new(Find), history);
        participants.Add(joined);
        return joined;
    }

    private ElectedNode Find(string id) => participants.Single(known => known.Node.Self.Id == id).Node;

    private static async Task PutAsync(Participant at, string name)
    {
        var reply = await at.Node.Node.SubmitAsync(
            new PutJobs([new Job { Name = name, Command = "true" }], new("alice", "")), CancellationToken.None);
        Assert.IsNotType<Refused>(reply);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(5, late.Token);
    }

    private sealed class Participant : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopping = new();
        private readonly ReplicaKeeper keeper;
        private readonly Task running;

        public Participant(
            ClusterMember self, MemoryBallot ballot, CountingStore store, DirectSource source, IRunHistory history)
        {
            (Store, Source) = (store, source);
            Election = new(ballot, self);
            keeper = new(source, DateTimeZone.Utc, SystemClock.Instance, NullLogger<ReplicaKeeper>.Instance);
            SchedulerNode Create() => new(
                new(), store, history, new([new SimulatedEngine()]), new(NullLogger<NotificationQueue>.Instance),
                SystemClock.Instance, NullLogger<SchedulerNode>.Instance);
            Node = new(Election, self, keeper, Create, NullLogger<ElectedNode>.Instance);
            running = Node.RunAsync(Task.CompletedTask, stopping.Token);
        }

        public MemoryElection Election { get; }

        public CountingStore Store { get; }

        public DirectSource Source { get; }

        public ElectedNode Node { get; }

        public async ValueTask DisposeAsync()
        {
            Election.IsCut = false;
            await stopping.CancelAsync();
            await running.WaitAsync(Patience);
            await Node.DisposeAsync();
            await keeper.DisposeAsync();
            await Election.DisposeAsync();
            stopping.Dispose();
        }
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
