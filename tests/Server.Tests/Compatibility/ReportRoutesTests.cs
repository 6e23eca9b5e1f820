using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

public sealed class ReportRoutesTests
{
    [Theory, MemberData(nameof(JobRoutesTests.Prefixes), MemberType = typeof(JobRoutesTests))]
    public async Task Graph_ParentAndChild_IsAsTheOriginal(string prefix)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("A");
        await server.CreateChildAsync("B", "[\"A\"]");

        var dot = await server.GetAsync($"{prefix}/graph/dot");
        var csv = await server.GetAsync($"{prefix}/graph/csv");

        Assert.Equal("digraph G {\n  1 [ label=\"A\" ];\n  2 [ label=\"B\" ];\n  1 -> 2;\n}\n", dot.Body);
        Assert.Equal("node,A,fresh,idle\nnode,B,fresh,idle\nlink,A,B\n", csv.Body);
        Assert.StartsWith("text/plain", dot.Header("Content-Type"), StringComparison.Ordinal);
        Assert.StartsWith("text/plain", csv.Header("Content-Type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Graph_Nothing_HasAHeadAndAnEnd()
    {
        await using var server = await CompatibleServer.StartAsync();

        Assert.Equal("digraph G {\n}\n", (await server.GetAsync("/scheduler/graph/dot")).Body);
        Assert.Equal("", (await server.GetAsync("/scheduler/graph/csv")).Body);
    }

    [Fact]
    public async Task Graph_RunningJob_IsLabelled()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("A");
        var launch = await server.LaunchAsync("A");

        var running = await server.GetAsync("/scheduler/graph/csv");
        await server.FinishAsync(launch, Duration.FromSeconds(1));
        var ended = await server.GetAsync("/scheduler/graph/csv");

        Assert.Equal("node,A,fresh,1 running\n", running.Body);
        Assert.Equal("node,A,success,idle\n", ended.Body);
    }

    [Theory]
    [InlineData("median", "65.0")]
    [InlineData("mean", "65.0")]
    [InlineData("99thPercentile", "65.0")]
    [InlineData("count", "1.0")]
    public async Task Statistics_OfAllJobs_ComeByTimeDescending(string name, string value)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b");
        await server.FinishAsync(await server.LaunchAsync("b"), Duration.FromSeconds(65));

        foreach (var prefix in JobRoutesTests.Prefixes)
        {
            var answer = await server.GetAsync($"{prefix.Data}/stats/{name}");
            Assert.Equal(
                $$"""[{"jobNameLabel":"b","time":{{value}}},{"jobNameLabel":"a","time":0.0}]""", answer.Body);
        }
    }

    [Fact]
    public async Task Statistics_UnknownPercentile_IsEmpty()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a");

        var answer = await server.GetAsync("/scheduler/stats/42ndPercentile");

        Assert.Equal((200, "[]"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("/scheduler/leader")]
    [InlineData("/v1/scheduler/leader")]
    [InlineData("/leader")]
    public async Task Leader_ConfiguredAddress_IsTold(string path)
    {
        await using var server = await CompatibleServer.StartAsync(o => o.LeaderAddress = "node1.example.org:8080");

        var answer = await server.GetAsync(path);

        Assert.Equal((200, "application/json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal("""{"leader":"node1.example.org:8080"}""", answer.Body);
    }

    [Fact]
    public async Task Leader_WithoutAddress_IsTheHostThatWasAsked()
    {
        await using var server = await CompatibleServer.StartAsync();

        Assert.Equal($$"""{"leader":"{{server.Http.BaseAddress!.Authority}}"}""",
            (await server.GetAsync("/leader")).Body);
    }
}
