using Chronos.Runtime.Ports;
using Chronos.Storage.PostgreSql;
using Npgsql;
using Xunit;
using static Chronos.Integration.Tests.Stores.JobCommits;

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
            for (var id = 1L; id <= 300; id++) await CommitUntilDoneAsync(store, id, triesMax: 600);
        });

        for (var crash = 0; crash < 3; crash++)
        {
            await Task.Delay(200);
            await server.KillAsync();
            await server.RestartAsync();
        }

        await committing;
        Assert.Equal(300, (await LoadUntilDoneAsync(store, 2)).Count); // a pooled connection may be broken
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
}
