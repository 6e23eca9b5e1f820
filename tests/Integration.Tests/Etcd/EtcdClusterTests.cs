using Chronos.Runtime.Ports;
using Chronos.Storage.Etcd;
using Chronos.Testing.Storage;
using Xunit;
using static Chronos.Integration.Tests.Stores.JobCommits;

namespace Chronos.Integration.Tests.Etcd;

/// <summary>What an etcd cluster does to its clients: members die and lead in turn, it asks for passwords, and it keeps
/// every version of a key.</summary>
public sealed class EtcdClusterTests
{
    [Fact]
    public async Task Commit_MembersDieInTurn_GoesOn()
    {
        var servers = await EtcdServer.StartAsync(3);
        try
        {
            await using var store = EtcdStateStore.Create(
                new() { Endpoints = [.. servers.Select(s => s.Endpoint)], Prefix = "/chronos" },
                new MemoryRunHistory());
            await LoadAsync(store, 1);
            var batch = 0L;
            foreach (var server in servers) // one of them leads
            {
                await server.KillAsync();
                await CommitUntilDoneAsync(store, ++batch);
                await server.RestartAsync();
                await CommitUntilDoneAsync(store, ++batch);
            }

            Assert.Equal(Enumerable.Range(1, (int)batch).Select(i => $"job-{i}"), await LoadAsync(store, 2));
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Commit_NoMajority_IsUnavailableAndNeedsNoRestart()
    {
        var servers = await EtcdServer.StartAsync(3);
        try
        {
            await using var store = EtcdStateStore.Create(
                new()
                {
                    Endpoints = [.. servers.Select(s => s.Endpoint)], Prefix = "/chronos",
                    RequestTimeout = TimeSpan.FromSeconds(1),
                },
                new MemoryRunHistory());
            await LoadAsync(store, 1);
            await servers[0].KillAsync();
            await servers[1].KillAsync();

            await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CommitAsync(Batch(1), default));

            // Both at once, because one waits for the other.
            await Task.WhenAll(servers[0].RestartAsync(), servers[1].RestartAsync());
            await CommitUntilDoneAsync(store, 1);
            Assert.Equal(["job-1"], await LoadAsync(store, 2));
        }
        finally
        {
            foreach (var server in servers) await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Commit_UserWithRightsOnThePrefix_Works()
    {
        await using var server = (await EtcdServer.StartAsync(1))[0];
        await server.WantUserAsync("s3cret pass");
        var options = new EtcdOptions
        {
            Endpoints = [server.Endpoint], Prefix = "/chronos", User = "chronos", Password = "s3cret pass",
        };

        await using var store = EtcdStateStore.Create(options, new MemoryRunHistory());
        await LoadAsync(store, 1);
        await store.CommitAsync(Batch(1), default);
        await server.KillAsync();
        await server.RestartAsync(); // which forgets all tokens
        await CommitUntilDoneAsync(store, 2);

        Assert.Equal(["job-1", "job-2"], await LoadAsync(store, 2));
        await AssertRefusedAsync(new() { Endpoints = [server.Endpoint], Prefix = "/chronos" });
        await AssertRefusedAsync(new()
        {
            Endpoints = [server.Endpoint], Prefix = "/chronos", User = "chronos", Password = "wrong",
        });
        await AssertRefusedAsync(new()
        {
            Endpoints = [server.Endpoint], Prefix = "/elsewhere", User = "chronos", Password = "s3cret pass",
        });
    }

    [Fact]
    public async Task Commit_ForLong_DropsOldVersions()
    {
        await using var server = (await EtcdServer.StartAsync(1))[0];
        var options = new EtcdOptions
        {
            Endpoints = [server.Endpoint], Prefix = "/chronos", CompactionInterval = TimeSpan.FromTicks(1),
        };
        await using var store = EtcdStateStore.Create(options, new MemoryRunHistory());
        await LoadAsync(store, 1);

        for (var i = 1; i <= 20; i++) await store.CommitAsync(Batch(i), default);

        await Assert.ThrowsAnyAsync<Exception>(() => server.ControlAsync("get", "/chronos/fence", "--rev", "5"));
        Assert.Equal(20, (await LoadAsync(store, 2)).Count);
    }

    private static async Task AssertRefusedAsync(EtcdOptions options)
    {
        await using var store = EtcdStateStore.Create(options, new MemoryRunHistory());
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => LoadAsync(store, 3));
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
    }
}
