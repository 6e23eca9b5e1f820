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
        await first.PutAsync("a");
        var second = Join("second");
        await second.Node.Settled.WaitAsync(Participant.Patience);
        Assert.False(second.Node.Leads);
        Assert.Equal("first", second.Node.OtherLeader?.Member.Id);
        var old = first.Node.Node;

        first.Election.IsCut = true;
        await second.LeadsAsync();

        Assert.False(first.Node.Leads);
        Assert.NotNull(second.Node.Node.Jobs.Find("a"));
        await Assert.ThrowsAsync<NodeUnavailableException>(
            () => old.SubmitAsync(new PutJobs([new Job { Name = "b", Command = "true" }], Alice), default));
        await second.PutAsync("c");
    }

    [Fact]
    public async Task Leader_ThatComesBack_FollowsThenLeadsWithWhatTheOtherDecided()
    {
        var first = Join("first");
        await first.LeadsAsync();
        var second = Join("second");
        first.Election.IsCut = true;
        await second.LeadsAsync();
        await second.PutAsync("made-by-second");

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
        await second.Node.Settled.WaitAsync(Participant.Patience);

        await first.StopAsync();

        await second.LeadsAsync(); // within the patience of the test, which is far less than the lease
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Leader_WhoseClockIsSet_GivesWayToAnotherBeforeItDecides(int hours)
    {
        var clock = new SteppedClock();
        var first = Join("first", clock: clock);
        await first.LeadsAsync();
        var hourly = new Job { Name = "hourly", Command = "true", Schedule = new() { Text = "@hourly" } };
        await first.Node.Node.SubmitAsync(new PutJobs([hourly], Alice), default);
        var second = Join("second");
        await second.Node.Settled.WaitAsync(Participant.Patience);

        clock.Step = Duration.FromHours(hours);
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
        await Assert.ThrowsAsync<NodeUnavailableException>(() => first.PutAsync("a"));
        await first.UntilAsync(node => node.Leads && node.Leader?.Term > before + 1);

        Assert.Null(first.Node.Node.Jobs.Find("a"));
        await first.PutAsync("a");
    }

    [Fact]
    public async Task Store_ThatIsDamaged_EndsTheNodeWithTheReason()
    {
        var first = Join("first", fault: new StoreCorruptException("page 7 is damaged"));

        var error = await Assert.ThrowsAsync<StoreCorruptException>(
            () => first.Running.WaitAsync(Participant.Patience));

        Assert.Contains("page 7", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreCorruptException>(() => first.Node.Settled.WaitAsync(Participant.Patience));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var participant in participants) await participant.DisposeAsync();
        await history.DisposeAsync();
    }

    private Participant Join(
        string id, MemoryBallot? at = null, Exception? fault = null, IClock? clock = null)
    {
        var joined = new Participant(
            id, at ?? ballot, fault is null ? store : new FaultyStore(fault), history, NoReplicas.Instance, clock);
        participants.Enqueue(joined);
        return joined;
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
