using System.Text.Json;
using Chronos.Api;
using Chronos.Runtime.Ports;
using Chronos.Server.Cluster;
using Chronos.Server.Hosting;
using Chronos.Server.Tests.Hosting;
using Chronos.Testing.Elections;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class NodeTests
{
    [Fact]
    public async Task Cluster_Store_IsNamed()
    {
        await using var server = await TestServer.StartAsync(
            new() { Store = new(StoreKind.Etcd, "etcd://***@h1:2379/chronos") });

        var cluster = (await server.GetAsync("/v1/cluster")).Json;

        Assert.Equal("etcd", cluster["store"]!["kind"]!.GetValue<string>());
        Assert.Equal("etcd://***@h1:2379/chronos", cluster["store"]!["address"]!.GetValue<string>());
        Assert.Equal("leading", cluster["state"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("key-of-another-node")]
    public async Task Replication_WithoutTheLeadersKey_IsRefused(string? key)
    {
        await using var server = await TestServer.StartAsync();
        (string, string)[] headers = key is null ? [] : [("Chronos-Node-Key", key)];

        var answer = await server.GetAsync("/v1/cluster/replication", headers);

        answer.Problem(403, "urn:chronos:problem:forbidden");
    }

    [Fact]
    public async Task Replication_WithTheLeadersKey_TellsEverythingThenEachChange()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("early");
        using var source = new LeaderReplication();
        var leader = new Leader(new("lone", server.Http.BaseAddress!.ToString(), "test", LoneNode.Key), 1);
        using var patience = new CancellationTokenSource(TestServer.Patience);
        await using var lines = source.ReadAsync(leader, patience.Token).GetAsyncEnumerator(patience.Token);

        Assert.Equal(1, (await NextAsync(lines)).GetProperty("format").GetInt32());
        Assert.Equal(
            ["Definition early", "State early"],
            (await NextAsync(lines)).GetProperty("documents").EnumerateArray().Select(document =>
                $"{document.GetProperty("kind").GetString()} {document.GetProperty("name").GetString()}"));
        Assert.True((await NextAsync(lines)).GetProperty("complete").GetBoolean());
        await server.CreateAsync("late");
        var unit = (await NextAsync(lines)).GetProperty("units")[0];
        Assert.Equal("late", unit[0].GetProperty("json").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Engines_MachinesAndWaiting_AreListed()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Inspection = new(
            [
                new("id-2", "beta", null, new(0, 0, 0), new(1, 2, 3), 0),
                new("id-1", "alpha", new(8, 64, 32), new(2, 16, 8), null, 3),
            ],
            [
                new("", new(1, 1, 1), "few", 1, TimeSpan.FromSeconds(1)),
                new("No room.", new(4, 1, 1), "many", 9, TimeSpan.FromMinutes(2)),
            ],
            7);

        var answer = await server.GetAsync("/v1/engines");
        var found = JsonSerializer.Deserialize(answer.Body, ApiJson.Default.EngineInspectionList)!;

        var engine = Assert.Single(found.Items);
        Assert.Equal(("test", 2, 7), (engine.Engine.Name, engine.MachineCount, engine.OpenOffers));
        Assert.Equal(["alpha", "beta"], engine.Machines.Select(machine => machine.Name));
        Assert.Equal((8.0, 3), (engine.Machines[0].Total!.Cpus, engine.Machines[0].Running));
        Assert.Null(engine.Machines[1].Total);
        Assert.Equal(1, engine.Machines[1].Offered!.Cpus);
        Assert.Equal(["many", "few"], engine.Waiting.Select(group => group.Job));
        Assert.Equal(("No room.", 9), (engine.Waiting[0].Reason, engine.Waiting[0].Count));
        Assert.Null(engine.Waiting[1].Reason);
    }

    private static async Task<JsonElement> NextAsync(IAsyncEnumerator<JsonElement> lines)
    {
        Assert.True(await lines.MoveNextAsync());
        return lines.Current;
    }
}
