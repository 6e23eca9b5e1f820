using System.Text.Json;
using Chronos.Api;
using Chronos.Server.Hosting;
using Chronos.Server.Tests.Hosting;
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
}
