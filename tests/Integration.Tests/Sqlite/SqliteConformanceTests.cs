using Chronos.Storage.Sqlite;
using Chronos.Testing.Storage;

namespace Chronos.Integration.Tests.Sqlite;

public sealed class SqliteStateStoreTests : StateStoreConformance, IDisposable
{
    protected override bool TellsPositions => false;

    private readonly DatabaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    protected override async Task<OpenedStore> OpenAsync()
    {
        var database = await folder.OpenAsync();
        return new(new SqliteStateStore(database), new SqliteRunHistory(database), database.DisposeAsync);
    }
}

public sealed class SqliteRunHistoryTests : RunHistoryConformance, IDisposable
{
    private readonly DatabaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    protected override async Task<OpenedHistory> OpenAsync()
    {
        var database = await folder.OpenAsync();
        return new(new SqliteRunHistory(database), database.DisposeAsync);
    }
}

public sealed class SqliteRetentionTests : RetentionConformance, IDisposable
{
    private readonly DatabaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    protected override async Task<OpenedHistory> OpenAsync()
    {
        var database = await folder.OpenAsync();
        return new(new SqliteRunHistory(database), database.DisposeAsync);
    }
}
