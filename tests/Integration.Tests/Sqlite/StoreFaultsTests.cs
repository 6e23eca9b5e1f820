using Chronos.Runtime.Ports;
using Chronos.Testing.Storage;
using Xunit;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>The planned failures of the fakes do what their names say.</summary>
public sealed class StoreFaultsTests : IAsyncDisposable
{
    private static readonly CommitBatch Batch =
        new(1, 1, [new([new(new(DocumentKind.State, "a"), "1"u8.ToArray())], [])]);

    private readonly MemoryStateStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Commit_FailBefore_HasNoEffectAndTheRepetitionHas()
    {
        store.Commits.FailBefore(times: 2);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CommitAsync(Batch, default));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CommitAsync(Batch, default));
        Assert.Empty(store.Snapshot());
        await store.CommitAsync(Batch, default);

        Assert.Single(store.Snapshot());
    }

    [Fact]
    public async Task Commit_FailAfter_HasItsEffectOnce()
    {
        store.Commits.FailAfter();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CommitAsync(Batch, default));
        Assert.Single(store.Snapshot());
        await store.CommitAsync(Batch, default);

        Assert.Equal(1, store.CommittedBatches);
    }

    [Fact]
    public async Task Commit_Held_WaitsUntilReleased()
    {
        var hold = store.Commits.Hold();

        var commit = store.CommitAsync(Batch, default);
        await hold.Reached;
        Assert.False(commit.IsCompleted);
        Assert.Empty(store.Snapshot());
        hold.Release();
        await commit;

        Assert.Single(store.Snapshot());
    }

    [Fact]
    public async Task Commit_HeldAndCancelled_HasNoEffect()
    {
        store.Commits.Hold();
        using var stopping = new CancellationTokenSource();
        var commit = store.CommitAsync(Batch, stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => commit);
        Assert.Empty(store.Snapshot());
    }

    [Fact]
    public async Task Commit_AfterTakeOver_IsFenced()
    {
        store.TakeOver(term: 2);

        await Assert.ThrowsAsync<StoreFencedException>(() => store.CommitAsync(Batch, default));
        Assert.Empty(store.Snapshot());
    }

    [Fact]
    public async Task Load_Planned_FailsInItsTurn()
    {
        store.Loads.Succeed().FailBefore();

        await foreach (var _ in store.LoadAsync(1, default)) Assert.Fail("It is empty.");
        await Assert.ThrowsAsync<StoreUnavailableException>(
            async () => await store.LoadAsync(1, default).GetAsyncEnumerator().MoveNextAsync());
    }
}
