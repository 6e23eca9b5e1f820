using System.Text;
using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Several changes as one.</summary>
public sealed class MultiTests(SharedServer server) : IClassFixture<SharedServer>
{
    [Fact(Timeout = Client.TestTimeout)]
    public async Task Multi_EveryOperation_HasItsResult()
    {
        await using var client = await server.OpenAsync();
        await client.CreateAsync("/old");
        await client.CreateAsync("/kept");

        var results = await client.MultiAsync(
            [
                Operation.Check("/kept", version: 0),
                Operation.Create("/new", "1"u8.ToArray(), CreateMode.Ephemeral, Acl.Open),
                Operation.Create("/n-", default, CreateMode.PersistentSequential, Acl.Open),
                Operation.Set("/kept", "2"u8.ToArray(), version: 0),
                Operation.Delete("/old", ZooKeeperClient.AnyVersion),
            ],
            Client.Token);

        Assert.Equal(5, results.Count);
        Assert.Equal("/new", results[1].CreatedPath);
        Assert.Matches("^/n-[0-9]{10}$", results[2].CreatedPath);
        Assert.Equal(1, results[3].Stat?.Version);
        Assert.Equal(new OperationResult(null, null), results[4]);
        Assert.Equal(new[] { "kept", results[2].CreatedPath![1..], "new" }.Order(),
            (await client.ChildrenAsync("/", Client.Token)).Names.Order());
        Assert.Equal("2", await client.TextAsync("/kept"));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Multi_OneFails_NothingHappensAndItSaysWhich()
    {
        await using var client = await server.OpenAsync();
        await client.CreateAsync("/fence");

        var exception = await Assert.ThrowsAsync<MultiException>(() => client.MultiAsync(
            [
                Operation.Create("/a", default, CreateMode.Persistent, Acl.Open),
                Operation.Check("/fence", version: 3),
                Operation.Create("/b", default, CreateMode.Persistent, Acl.Open),
            ],
            Client.Token));

        Assert.Equal((ZooKeeperError.BadVersion, 1, "/fence"),
            (exception.Error, exception.FailedIndex, exception.Path));
        Assert.Equal([ZooKeeperError.None, ZooKeeperError.BadVersion, ZooKeeperError.RuntimeInconsistency],
            exception.Errors);
        Assert.Contains("operation 2 of 3, '/fence'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(["fence"], (await client.ChildrenAsync("/", Client.Token)).Names);
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Multi_Nothing_Succeeds()
    {
        await using var client = await server.OpenAsync();

        Assert.Empty(await client.MultiAsync([], Client.Token));
    }

    [Fact(Timeout = Client.TestTimeout)]
    public async Task Multi_ThousandsOfOperationsNearOneMegabyte_AreOneChange()
    {
        const int count = 5_000;
        await using var client = await server.OpenAsync();
        var content = Encoding.UTF8.GetBytes(new string('x', 100));

        var results = await client.MultiAsync(
            [.. Enumerable.Range(0, count).Select(i =>
                Operation.Create($"/node-{i:00000}", content, CreateMode.Persistent, Acl.Open))],
            Client.Token);

        Assert.Equal(count, results.Count);
        Assert.Equal("/node-04999", results[^1].CreatedPath);
        var stats = await Task.WhenAll(
            client.ExistsAsync("/node-00000", Client.Token), client.ExistsAsync("/node-04999", Client.Token));
        Assert.Equal(stats[0]?.CreatedZxid, stats[1]?.CreatedZxid);
    }
}
