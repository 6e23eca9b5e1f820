using System.Collections.Concurrent;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Core.Tests.Node;
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

namespace Chronos.Core.Tests.Leadership;

public sealed class ElectedNodeTests : IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Actor Alice = new("alice", "");

    private readonly MemoryStateStore store;
    private readonly MemoryRunHistory history = new();
    private readonly MemoryBallot ballot;
    private readonly ConcurrentQueue<Participant> participants = [];

    public ElectedNodeTests()
    {
        store = new(history);
        ballot = new(TimeProvider.System, Lease, store);
    }

    [Fact]
    public async Task Leader_CutOff_IsFollowed_AndNeitherWritesNorAnswers()
    {
        var first = Join("first");
        await first.LeadsAsync();
        await PutAsync(first, "a");
        var second = Join("second");
        await second.Node.Settled.WaitAsync(Patience);
        Assert.False(second.Node.Leads);
        Assert.Equal("first", second.Node.OtherLeader?.Member.Id);
        var old = first.Node.Node;

        first.Election.IsCut = true;
        await second.LeadsAsync();

        Assert.False(first.Node.Leads);
        Assert.NotNull(second.Node.Node.Jobs.Find("a"));
        await Assert.ThrowsAsync<NodeUnavailableException>(
            () => old.SubmitAsync(new PutJobs([new Job { Name = "b", Command = "true" }], Alice), default));
        await PutAsync(second, "c");
    }

    [Fact]
    public async Task Leader_ThatComesBack_FollowsThenLeadsWithWhatTheOtherDecided()
    {
        var first = Join("first");
        await first.LeadsAsync();
        var second = Join("second");
        first.Election.IsCut = true;
        await second.LeadsAsync();
        await PutAsync(second, "made-by-second");

        first.Election.IsCut = false;
        await first.UntilAsync(node => node.OtherLeader?.Member.Id == "second");
        await second.StopAsync();
        await first.LeadsAsync();

        Assert.NotNull(first.Node.Node.Jobs.Find("made-by-second"));
        Assert.Equal(3, first.Node.Leader?.Term);
    }

    [Fact]
    public async Task Stop_HandsOverAtOnce_NotAfterTheLease()
    {
        using var slow = new CancellationTokenSource();
        var patient = new MemoryBallot(TimeProvider.System, TimeSpan.FromHours(1), store);
        var first = Join("first", patient);
        await first.LeadsAsync();
        var second = Join("second", patient);
        await second.Node.Settled.WaitAsync(Patience);

        await first.StopAsync();

        await second.LeadsAsync(); // within the patience of the test, which is far less than the lease
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Leader_WhoseClockIsSet_GivesWayToAnotherBeforeItDecides(int hours)
    {
        var first = Join("first");
        await first.LeadsAsync();
        var hourly = new Job { Name = "hourly", Command = "true", Schedule = new() { Text = "@hourly" } };
        await first.Node.Node.SubmitAsync(new PutJobs([hourly], Alice), default);
        var second = Join("second");
        await second.Node.Settled.WaitAsync(Patience);

        first.Clock.Step = Duration.FromHours(hours);
        await second.LeadsAsync();

        await first.UntilAsync(node => node.OtherLeader?.Member.Id == "second");
        Assert.Equal(0, second.Node.Node.Jobs.Find("hourly")?.State.Counters.SuccessCount);
        Assert.False(second.Node.Node.Jobs.Find("hourly")?.State.HasFired);
    }

    [Fact]
    public async Task Store_ThatIsTakenByANewerTerm_EndsTheLeadership()
    {
        var first = Join("first");
        await first.LeadsAsync();
        var before = first.Node.Leader!.Term;

        store.TakeOver(before + 1);
        await Assert.ThrowsAsync<NodeUnavailableException>(() => PutAsync(first, "a"));
        await first.UntilAsync(node => node.Leads && node.Leader?.Term > before + 1);

        Assert.Null(first.Node.Node.Jobs.Find("a"));
        await PutAsync(first, "a");
    }

    [Fact]
    public async Task Store_ThatIsDamaged_EndsTheNodeWithTheReason()
    {
        var first = Join("first", fault: new StoreCorruptException("page 7 is damaged"));

        var error = await Assert.ThrowsAsync<StoreCorruptException>(() => first.Running.WaitAsync(Patience));

        Assert.Contains("page 7", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreCorruptException>(() => first.Node.Settled.WaitAsync(Patience));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var participant in participants) await participant.DisposeAsync();
        await history.DisposeAsync();
    }

    private Participant Join(string id, MemoryBallot? at = null, Exception? fault = null)
    {
        var self = new ClusterMember(id, $"http://{id}:8080", "test");
        var election = new MemoryElection(at ?? ballot, self);
        IStateStore states = fault is null ? store : new FaultyStore(fault);
        var clock = new SteppedClock();
        var node = new ElectedNode(
            election, self, NoReplicas.Instance, () => NewNode(states, clock), NullLogger<ElectedNode>.Instance);
        var joined = new Participant(election, node, clock);
        participants.Enqueue(joined);
        return joined;
    }

    private SchedulerNode NewNode(IStateStore states, IClock clock) => new(
        new(), states, history, new([new SimulatedEngine()]), new(NullLogger<NotificationQueue>.Instance),
        clock, NullLogger<SchedulerNode>.Instance);

    private static async Task PutAsync(Participant at, string name)
    {
        var reply = await at.Node.Node.SubmitAsync(
            new PutJobs([new Job { Name = name, Command = "true" }], Alice), CancellationToken.None);
        Assert.IsNotType<Refused>(reply);
    }

    private sealed class Participant : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopping = new();

        public Participant(MemoryElection election, ElectedNode node, SteppedClock clock)
        {
            (Election, Node, Clock) = (election, node, clock);
            Running = node.RunAsync(Task.CompletedTask, stopping.Token);
        }

        public MemoryElection Election { get; }

        public ElectedNode Node { get; }

        public SteppedClock Clock { get; }

        public Task Running { get; }

        public Task LeadsAsync() => UntilAsync(node => node is { Leads: true, Leader: not null });

        public async Task UntilAsync(Func<ElectedNode, bool> condition)
        {
            using var late = new CancellationTokenSource(Patience);
            while (!condition(Node)) await Task.Delay(5, late.Token);
        }

        public async Task StopAsync()
        {
            await stopping.CancelAsync();
            await Running.WaitAsync(Patience);
        }

        public async ValueTask DisposeAsync()
        {
            Election.IsCut = false;
            await stopping.CancelAsync();
            await Task.WhenAny(Running).WaitAsync(Patience); // a test may have made it fail
            await Node.DisposeAsync();
            await Election.DisposeAsync();
            stopping.Dispose();
        }
    }

    private sealed class FaultyStore(Exception fault) : IStateStore
    {
        public int BatchUnits => 1;

        public Task<long> ReadTermAsync(CancellationToken cancellationToken) => Task.FromResult(0L);

        public Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken) => throw fault;

        public IAsyncEnumerable<StoredDocument> LoadAsync(long term, CancellationToken cancellationToken) =>
            throw fault;

        public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken) => throw fault;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class SteppedClock : IClock
    {
        private long ticks;

        public Duration Step
        {
            get => Duration.FromTicks(Volatile.Read(ref ticks));
            set => Volatile.Write(ref ticks, value.BclCompatibleTicks);
        }

        public Instant GetCurrentInstant() => SystemClock.Instance.GetCurrentInstant() + Step;
    }
}
