using Chronos.Api;
using Chronos.Server.Tests.Hosting;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class JobCheckTests
{
    [Fact]
    public async Task Check_BrokenDefinition_ListsEveryRuleAndChangesNothing()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync("/v1/jobs:check", """{"name":"a/b","command":"x","retries":-1}""");

        Assert.Equal(200, answer.Code);
        Assert.Equal(
            ["name", "retries"],
            answer.Json["violations"]!.AsArray().Select(v => v!["field"]!.GetValue<string>()).Order());
        Assert.Equal(0, server.Node.Jobs.Count);
    }

    [Fact]
    public async Task Check_RightDefinition_TellsWhenItWouldStart()
    {
        await using var server = await TestServer.StartAsync();

        var check = (await server.PostAsync("/v1/jobs:check", """
            {"name":"a","command":"x","schedule":"30 2 * * *","scheduleTimeZone":"Europe/Berlin"}
            """)).Json;

        Assert.Empty(check["violations"]!.AsArray());
        Assert.Equal("2026-01-01T01:30:00Z", check["schedule"]!["occurrences"]![0]!["at"]!.GetValue<string>());
        Assert.Equal(0, server.Node.Jobs.Count);
    }

    [Fact]
    public async Task Check_NameStillMissing_TellsWhenItWouldStartAllTheSame()
    {
        await using var server = await TestServer.StartAsync();

        var check = (await server.PostAsync("/v1/jobs:check", """{"name":"","schedule":"@daily"}""")).Json;

        Assert.Equal("name", Assert.Single(check["violations"]!.AsArray())!["field"]!.GetValue<string>());
        Assert.NotNull(check["schedule"]);
    }

    [Fact]
    public async Task Check_ScheduleThatCannotBeRead_HasNoTimes()
    {
        await using var server = await TestServer.StartAsync();

        var check = (await server.PostAsync("/v1/jobs:check", """{"name":"a","schedule":"nonsense"}""")).Json;

        Assert.Contains(check["violations"]!.AsArray(), v => v!["field"]!.GetValue<string>() == "schedule");
        Assert.Null(check["schedule"]);
    }

    [Fact]
    public async Task Check_ParentsThatFormACircle_AreFound()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("egg");
        await server.CreateAsync("hen", ",\"parents\":[\"egg\"]");

        var check = (await server.PostAsync("/v1/jobs:check", """{"name":"egg","parents":["hen"]}""")).Json;

        Assert.Contains("circle", check["violations"]![0]!["rule"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NoJson_IsRefused()
    {
        await using var server = await TestServer.StartAsync();

        (await server.PostAsync("/v1/jobs:check", "{")).Problem(400, ProblemTypes.MalformedJson);
    }
}
