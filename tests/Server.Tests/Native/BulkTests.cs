using System.Text;
using Chronos.Api;
using Chronos.Server.Tests.Hosting;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class BulkTests
{
    [Fact]
    public async Task Put_ChildrenBeforeParents_AreTakenTogether()
    {
        await using var server = await TestServer.StartAsync();

        var result = await server.Client.PutJobsAsync(Utf8("""
            [{"name":"c","command":"x","parents":["b"]},{"name":"b","command":"x","parents":["a"]},
             {"name":"a","command":"x"}]
            """), false, default);

        Assert.Equal((3, 0), (result.Created, result.Replaced));
        Assert.Equal(3, server.Node.Jobs.Count);
    }

    [Theory]
    [InlineData("?dryRun=true")]
    [InlineData("")]
    public async Task Put_JobsThatAreAsTheyWere_AreNotCountedAsReplaced(string query)
    {
        await using var server = await TestServer.StartAsync();
        await server.PostAsync("/v1/jobs:bulk", """
            [{"name":"a","command":"x","labels":{"a":"b"},"schedule":"0 * * * *"},{"name":"b","command":"x"}]
            """);

        var result = (await server.PostAsync("/v1/jobs:bulk" + query, """
            [{"name":"a","command":"x","labels":{"a":"b"},"schedule":"0 * * * *"},{"name":"b","command":"y"},
             {"name":"c","command":"x"}]
            """)).Json;

        Assert.Equal(1, result["created"]!.GetValue<int>());
        Assert.Equal(1, result["replaced"]!.GetValue<int>());
        Assert.Equal(1, result["unchanged"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("""[{"name":"a","command":"x"},{"name":"b","comand":"x"}]""", "[1].comand")]
    [InlineData("""[{"name":"a","command":"x"},7]""", "[1]")]
    [InlineData("""[{"name":"a","command":"x"},{"name":"a","command":"y"}]""", "name")]
    [InlineData("""[{"name":"a","command":"x","parents":["z"]}]""", "parents")]
    [InlineData("""[{"name":"a","parents":["b"],"command":"x"},{"name":"b","parents":["a"],"command":"x"}]""",
        "parents")]
    [InlineData("""[{"name":"a","command":"x","parents":["a"]}]""", "[0].parents")]
    [InlineData("""{"name":"a","command":"x"}""", "")]
    public async Task Put_OneIsBad_NoneIsTakenWithOrWithoutDryRun(string json, string field)
    {
        await using var server = await TestServer.StartAsync();

        foreach (var query in new[] { "", "?dryRun=true" })
        {
            var problem = (await server.PostAsync($"/v1/jobs:bulk{query}", json)).Problem(400, ProblemTypes.Invalid);
            Assert.Equal(field, problem["violations"]![0]!["field"]!.GetValue<string>());
        }

        Assert.Equal(0, server.Node.Jobs.Count);
    }

    [Fact]
    public async Task Put_DryRun_CountsAndChangesNothing()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        var result = await server.Client.PutJobsAsync(
            Utf8("""[{"name":"a","command":"y"},{"name":"b","command":"y"}]"""), true, default);

        Assert.Equal((1, 1, true), (result.Created, result.Replaced, result.DryRun));
        Assert.Equal(["a"], server.Node.Jobs.InOrder().Select(j => j.Job.Name));
        Assert.Equal(1, server.Node.Jobs.Find("a")!.State.Revision);
    }

    [Fact]
    public async Task Put_MoreJobsThanTheLimit_Is400()
    {
        await using var server = await TestServer.StartAsync(new() { BulkJobsMax = 1 });

        var answer = await server.PostAsync("/v1/jobs:bulk", """[{"name":"a"},{"name":"b"}]""");

        answer.Problem(400, ProblemTypes.Invalid);
    }

    [Fact]
    public async Task Put_LargerThanOtherBodies_IsTaken()
    {
        await using var server = await TestServer.StartAsync(new() { RequestBodyBytesMax = 2048 });
        var jobs = string.Join(
            ',', Enumerable.Range(0, 100).Select(i => $$"""{"name":"job-{{i}}","command":"true"}"""));

        var result = await server.Client.PutJobsAsync(Utf8($"[{jobs}]"), false, default);

        Assert.Equal(100, result.Created);
    }

    [Fact]
    public async Task Actions_ByName_TellEachOutcome()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b");
        BulkActionRequest request = new() { Names = ["a", "x", "b", "a"], Reason = "holiday" };

        var disabled = await server.Client.BulkAsync(Routes.BulkDisable, request, default);
        var isDisabled = server.Node.Jobs.Find("b")!.Job.Disabled;
        await server.Client.BulkAsync(Routes.BulkEnable, request, default);
        var run = await server.Client.BulkAsync(Routes.BulkRun, request, default);
        var deleted = await server.Client.BulkAsync(Routes.BulkDelete, request, default);

        Assert.Equal((2, 1), (disabled.Succeeded, disabled.Failed));
        Assert.True(isDisabled);
        Assert.Equal(404, disabled.Items.Single(i => i.Name == "x").Status);
        Assert.Equal([201, 404, 201], run.Items.Select(i => i.Status));
        Assert.NotNull(run.Items[0].Run);
        Assert.Equal(2, deleted.Succeeded);
        Assert.Equal(0, server.Node.Jobs.Count);
    }

    [Fact]
    public async Task Kill_JobsThatRun_EndsTheirRunsAndNoOthers()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var name in new[] { "a", "b", "idle", "other" }) await server.CreateAsync(name);
        foreach (var name in new[] { "a", "b", "other" }) await server.RunAsync(name);

        var result = await server.Client.BulkAsync(
            Routes.BulkKill, new() { Names = ["a", "b", "idle", "x"] }, default);
        await server.WhenAsync(() => server.Node.Jobs.ActiveRunCount == 1);

        Assert.Equal([204, 204, 204, 404], result.Items.Select(i => i.Status));
        Assert.Equal("other", Assert.Single(server.Node.Jobs.WithActiveRuns()).Job.Name);
        var ended = await server.Client.GetJobAsync("a", default);
        Assert.Equal("killed", ended.Status.LastRun!.State);
    }

    [Fact]
    public async Task Run_JobThatRunsAlready_Is409ForThatJob()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.RunAsync("a");

        var result = await server.Client.BulkAsync(Routes.BulkRun, new() { Names = ["a"] }, default);

        Assert.Equal(409, result.Items[0].Status);
        Assert.NotEqual("", result.Items[0].Detail);
    }

    [Fact]
    public async Task Actions_ByFilter_TakeThoseThatMatch()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"labels\":{\"team\":\"ops\"}");
        await server.CreateAsync("b", ",\"labels\":{\"team\":\"dev\"}");

        var result = await server.Client.BulkAsync(
            Routes.BulkDelete, new() { Filter = new() { Label = ["team=ops"] } }, default);

        Assert.Equal(["a"], result.Items.Select(i => i.Name));
        Assert.Equal(["b"], server.Node.Jobs.InOrder().Select(j => j.Job.Name));
    }

    [Theory]
    [InlineData("""{"filter":{"kind":"schedule"}}""", "timed")]
    [InlineData("""{"filter":{"kind":"parents"}}""", "child")]
    [InlineData("""{"filter":{"kind":"manual"}}""", "by-hand")]
    [InlineData("""{"filter":{"engine":"test","kind":"manual"}}""", "by-hand")]
    [InlineData("""{"filter":{"engine":"none"}}""", "")]
    public async Task Actions_ByKindAndEngine_TakeThoseThatMatch(string json, string expected)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("timed", ",\"schedule\":\"@daily\"");
        await server.CreateAsync("child", ",\"parents\":[\"timed\"]");
        await server.CreateAsync("by-hand", ",\"engine\":\"test\"");

        var result = (await server.PostAsync("/v1/jobs:disable", json)).Json;

        Assert.Equal(
            expected, string.Join(',', result["items"]!.AsArray().Select(i => i!["name"]!.GetValue<string>())));
        Assert.Equal(
            expected,
            string.Join(',', server.Node.Jobs.InOrder().Where(j => j.Job.Disabled).Select(j => j.Job.Name)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"filter":{}}""")]
    [InlineData("""{"filter":{"kind":"never"}}""")]
    [InlineData("""{"names":["a"],"filter":{"name":"a"}}""")]
    [InlineData("""{"names":["a"],"cascade":"burn"}""")]
    [InlineData("""{"name":["a"]}""")]
    [InlineData("""{"filter":{"lable":["x"],"lastRun":"none"}}""")]
    [InlineData("""{"filter":{"lastRun":"bogus"}}""")]
    [InlineData("""{"names":"a"}""")]
    [InlineData("[]")]
    public async Task Actions_UnclearRequest_Is400(string json)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        (await server.PostAsync("/v1/jobs:delete", json)).Problem(400, ProblemTypes.Invalid);

        Assert.Equal(1, server.Node.Jobs.Count);
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
