using Chronos.Testing.Storage;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>The fakes keep the contracts that simulation relies on.</summary>
public sealed class MemoryStateStoreTests : StateStoreConformance, IAsyncDisposable
{
    private readonly MemoryRunHistory history = new();
    private readonly MemoryStateStore store;

    public MemoryStateStoreTests() => store = new(history);

    public ValueTask DisposeAsync() => history.DisposeAsync();

    protected override Task<OpenedStore> OpenAsync() =>
        Task.FromResult(new OpenedStore(store, history, () => ValueTask.CompletedTask));
}

public sealed class MemoryRunHistoryTests : RunHistoryConformance, IAsyncDisposable
{
    private readonly MemoryRunHistory history = new();

    public ValueTask DisposeAsync() => history.DisposeAsync();

    protected override Task<OpenedHistory> OpenAsync() =>
        Task.FromResult(new OpenedHistory(history, () => ValueTask.CompletedTask));
}

public sealed class MemoryRetentionTests : RetentionConformance, IAsyncDisposable
{
    private readonly MemoryRunHistory history = new();

    public ValueTask DisposeAsync() => history.DisposeAsync();

    protected override Task<OpenedHistory> OpenAsync() =>
        Task.FromResult(new OpenedHistory(history, () => ValueTask.CompletedTask));
}
