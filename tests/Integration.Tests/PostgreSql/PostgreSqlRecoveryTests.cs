using System.Text;
using Chronos.Runtime.Ports;
using Chronos.Storage.PostgreSql;
using Npgsql;
using Xunit;

namespace Chronos.Integration.Tests.PostgreSql;

/// <summary>What a server does to its clients that is no election.</summary>
public sealed class PostgreSqlRecoveryTests
{
    /// <summary>A leader commits while the server crashes and comes back: what was answered as done is there.</summary>
    [Fact]
    public async Task Commit_ServerCrashesAndComesBack_LosesNothing()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        await using var database = new PostgreSqlDatabase(new() { ConnectionString = server.ConnectionString() });
        var store = new PostgreSqlStateStore(database);
        await LoadAsync(store, 1);
        var committing = Task.Run(async () =>
        {
            for (var id = 1L; id <= 300; id++) await CommitUntilDoneAsync(store, id);
        });

        for (var crash = 0; crash < 3; crash++)
        {
            await Task.Delay(200);
            await server.KillAsync();
            await server.RestartAsync();
        }

        await committing;
        Assert.Equal(300, (await LoadAsync(store, 2)).Count);
    }

    /// <summary>A server that was copied late takes over: it lacks what the old one had answered as done.</summary>
    [Fact]
    public async Task Commit_ServerWentBack_IsFencedAndLoadedAnew()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        await using var database = new PostgreSqlDatabase(new() { ConnectionString = server.ConnectionString() });
        var store = new PostgreSqlStateStore(database);
        await LoadAsync(store, 1);
        for (var id = 1L; id <= 3; id++) await store.CommitAsync(Batch(id), default);
        await using (var connection = new NpgsqlConnection(server.ConnectionString()))
        {
            await connection.OpenAsync();
            await using var back = new NpgsqlCommand(
                "UPDATE chronos.fence SET batch = 1; DELETE FROM chronos.states WHERE name <> 'job-1'", connection);
            await back.ExecuteNonQueryAsync();
        }

        await Assert.ThrowsAsync<StoreFencedException>(() => store.CommitAsync(Batch(4), default));

        Assert.Equal(["job-1"], await LoadAsync(store, 1));
        await store.CommitAsync(Batch(1), default);
    }

    /// <summary>Commits as a node does: again, until it is known to be done.</summary>
    private static async Task CommitUntilDoneAsync(PostgreSqlStateStore store, long id)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await store.CommitAsync(Batch(id), default);
                return;
            }
            catch (StoreUnavailableException) when (attempt < 600)
            {
                await Task.Delay(100);
            }
        }
    }

    private static CommitBatch Batch(long id) => new(id, 1,
        [new([new(new(DocumentKind.State, $"job-{id}"), Encoding.UTF8.GetBytes($"{id}"))], [])]);

    private static async Task<IReadOnlyList<string>> LoadAsync(PostgreSqlStateStore store, long term)
    {
        var names = new List<string>();
        await foreach (var document in store.LoadAsync(term, default)) names.Add(document.Key.Name);
        return names;
    }
}
