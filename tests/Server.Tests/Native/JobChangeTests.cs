using System.Text.Json.Nodes;
using Chronos.Api;
using Chronos.Server.Tests.Hosting;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class JobChangeTests
{
    private const string Plain = """{"name":"a","command":"echo a"}""";

    [Fact]
    public async Task Put_NewJob_Is201WithTagAndPlace()
    {
        await using var server = await TestServer.StartAsync();

        var created = await server.PutAsync("/v1/jobs/a", Plain);
        var replaced = await server.PutAsync("/v1/jobs/a", """{"name":"a","command":"echo b"}""");

        Assert.Equal(201, created.Code);
        Assert.EndsWith("-1\"", created.Header("ETag"), StringComparison.Ordinal);
        Assert.Equal("/v1/jobs/a", created.Header("Location"));
        Assert.Equal(200, replaced.Code);
        Assert.EndsWith("-2\"", replaced.Header("ETag"), StringComparison.Ordinal);
        Assert.Equal("echo b", replaced.Json["command"]!.GetValue<string>());
        Assert.Equal(2, replaced.Json["status"]!["revision"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a#b")]
    [InlineData("a.b-c_d")]
    [InlineData("...")]
    public async Task Put_NameThatNeedsEscaping_IsTheSameEverywhere(string name)
    {
        await using var server = await TestServer.StartAsync();

        await server.CreateAsync(name);
        var run = await server.CompleteAsync(name);

        Assert.Equal(name, (await server.Client.GetJobAsync(name, default)).Definition["name"]!.GetValue<string>());
        Assert.Equal(name, (await server.Client.GetRunAsync(run.Id.ToString(), default)).Job);
        Assert.Single((await server.Client.ListRunsAsync(new() { Job = name }, default)).Items);
        await server.Client.DeleteJobAsync(name, null, null, default);
        Assert.Null(await server.Client.FindJobAsync(name, default));
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("%3Cscript%3E", "<script>")]
    [InlineData("a%0Ab", "a\\nb")]
    [InlineData("a%27%3B--", "a';--")]
    [InlineData("%C3%A9", "é")]
    public async Task Put_NameThatIsNone_Is400ThatNoBrowserTakesForAPage(string path, string name)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PutAsync($"/v1/jobs/{path}", $$"""{"name":"{{name}}","command":"true"}""");

        answer.Problem(400, ProblemTypes.Invalid);
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
    }

    [Fact]
    public async Task Put_AnswerOfGet_ChangesNothing()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("p");
        await server.CreateAsync("a", """
            ,"schedule":"0 2 * * *","scheduleTimeZone":"Europe/Berlin","retries":5,"timeout":"PT5M","labels":{"k":"v"},
            "environmentVariables":[{"name":"X","value":"1"}],"concurrency":"queue","missed":{"mode":"all"}
            """);
        var before = await server.GetAsync("/v1/jobs/a");

        var after = await server.PutAsync("/v1/jobs/a", before.Body);

        Assert.Equal(200, after.Code);
        Assert.Equal(WithoutStatus(before.Json), WithoutStatus(after.Json));
    }

    [Fact]
    public async Task Put_OtherName_Is400()
    {
        await using var server = await TestServer.StartAsync();

        var problem = (await server.PutAsync("/v1/jobs/b", Plain)).Problem(400, ProblemTypes.Invalid);

        Assert.Equal("name", problem["violations"]![0]!["field"]!.GetValue<string>());
        Assert.Null(await server.Client.FindJobAsync("a", default));
    }

    [Fact]
    public async Task Put_ManyBrokenRules_TellsAll()
    {
        await using var server = await TestServer.StartAsync();

        var problem = (await server.PutAsync(
            "/v1/jobs/a", """{"name":"a","comand":"x","retries":-1,"schedule":"R/nonsense","cpus":"much"}"""))
            .Problem(400, ProblemTypes.Invalid);

        var fields = problem["violations"]!.AsArray().Select(v => v!["field"]!.GetValue<string>()).ToList();
        Assert.Superset(new HashSet<string> { "comand", "retries", "schedule", "cpus" }, fields.ToHashSet());
    }

    [Fact]
    public async Task Put_WhatTheEngineCannotDo_Is400()
    {
        await using var server = await TestServer.StartAsync();
        server.Engine.Violations = [new("container", null, "Containers are not run here.", "Use docker.")];

        var problem = (await server.PutAsync("/v1/jobs/a", Plain)).Problem(400, ProblemTypes.Invalid);

        Assert.Equal("Use docker.", problem["violations"]![0]!["remedy"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("If-Match", "\"1-1\"", 200)]
    [InlineData("If-Match", "W/\"1-1\"", 200)]
    [InlineData("If-Match", "\"1-9\", \"1-1\"", 200)]
    [InlineData("If-Match", "*", 200)]
    [InlineData("If-Match", "\"1-2\"", 412)]
    [InlineData("If-Match", "1-1", 400)]
    [InlineData("If-None-Match", "*", 412)]
    public async Task Put_ConditionOnAnExistingJob_IsKept(string header, string value, int status)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        var answer = await server.PutAsync("/v1/jobs/a", Plain, (header, Tags(server, value)));

        Assert.Equal(status, answer.Code);
        if (status == 412) answer.Problem(412, ProblemTypes.RevisionMismatch);
    }

    [Fact]
    public async Task Put_TagOfADeletedJobOfThisName_IsStale()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var old = (await server.GetAsync("/v1/jobs/a")).Header("ETag")!;
        await server.SendAsync("DELETE", "/v1/jobs/a", null);
        await server.CreateAsync("a");

        (await server.PutAsync("/v1/jobs/a", Plain, ("If-Match", old))).Problem(412, ProblemTypes.RevisionMismatch);

        var now = (await server.GetAsync("/v1/jobs/a")).Header("ETag")!;
        Assert.NotEqual(old, now);
        Assert.Equal(200, (await server.PutAsync("/v1/jobs/a", Plain, ("If-Match", now))).Code);
    }

    [Fact]
    public async Task Get_TagIsKnown_Is304WithoutBody()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var tag = (await server.GetAsync("/v1/jobs/a")).Header("ETag")!;

        var same = await server.GetAsync("/v1/jobs/a", ("If-None-Match", $"\"9-9\", W/{tag}"));
        await server.PutAsync("/v1/jobs/a", Plain);
        var changed = await server.GetAsync("/v1/jobs/a", ("If-None-Match", tag));

        Assert.Equal((304, "", tag), (same.Code, same.Body, same.Header("ETag")));
        Assert.Equal(200, changed.Code);
    }

    [Fact]
    public async Task Put_WithoutName_TakesThatOfThePath()
    {
        await using var server = await TestServer.StartAsync();

        var created = await server.PutAsync("/v1/jobs/a%23b", """{"command":"echo a","retries":1}""");
        var other = await server.PutAsync("/v1/jobs/a", """{"name":"b","command":"echo a"}""");

        Assert.Equal((201, "a#b"), (created.Code, created.Json["name"]!.GetValue<string>()));
        Assert.Equal("name", other.Problem(400, ProblemTypes.Invalid)["violations"]![0]!["field"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("If-Match", "\"1-1\"", 412)]
    [InlineData("If-Match", "*", 412)]
    [InlineData("If-None-Match", "*", 201)]
    public async Task Put_ConditionOnANewJob_IsKept(string header, string value, int status)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PutAsync("/v1/jobs/a", Plain, (header, value));

        Assert.Equal(status, answer.Code);
    }

    [Fact]
    public async Task Put_TwoWithTheSameTag_OneWins()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => server.PutAsync(
            "/v1/jobs/a", $$"""{"name":"a","command":"echo {{i}}"}""", ("If-Match", Tags(server, "\"1-1\"")))));

        Assert.Single(answers, a => a.Code == 200);
        Assert.Equal(7, answers.Count(a => a.Code == 412));
    }

    [Fact]
    public async Task Patch_Fields_KeepsTheRest()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"retries\":7,\"labels\":{\"x\":\"1\",\"y\":\"2\"},\"description\":\"d\"");

        var patched = await server.SendAsync(
            "PATCH", "/v1/jobs/a", """{"description":"e","labels":{"x":null,"z":"3"}}""",
            ("Content-Type", "application/merge-patch+json"));

        Assert.Equal(200, patched.Code);
        Assert.Equal("e", patched.Json["description"]!.GetValue<string>());
        Assert.Equal(7, patched.Json["retries"]!.GetValue<int>());
        Assert.Equal("""{"y":"2","z":"3"}""", patched.Json["labels"]!.ToJsonString());
    }

    [Fact]
    public async Task Patch_Secrets_StayUnlessReplaced()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"secrets\":[{\"name\":\"PASSWORD\",\"value\":\"hunter2\"}]");

        await server.Client.PatchJobAsync("a", new JsonObject { ["description"] = "d" }, null, default);
        var shown = await server.GetAsync("/v1/jobs/a");

        Assert.DoesNotContain("hunter2", shown.Body, StringComparison.Ordinal);
        Assert.Contains("PASSWORD", shown.Body, StringComparison.Ordinal);
        Assert.Equal("hunter2", server.Node.Jobs.Find("a")!.Job.Task.Secrets[0].Value);
    }

    [Fact]
    public async Task Patch_FromScheduleToParents_Works()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("p");
        await server.CreateAsync("a", ",\"schedule\":\"0 2 * * *\"");

        var answer = await server.SendAsync("PATCH", "/v1/jobs/a", """{"schedule":null,"parents":["p"]}""");

        Assert.True(answer.Code == 200, answer.Body);
        Assert.Equal("p", answer.Json["parents"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Patch_AtTheSameTime_LosesNoChange()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => server.Client.PatchJobAsync(
            "a", new JsonObject { ["labels"] = new JsonObject { [$"l{i}"] = "x" } }, null, default)));

        Assert.Equal(6, server.Node.Jobs.Find("a")!.Job.Labels.Count);
    }

    [Theory]
    [InlineData("[]", 400)]
    [InlineData("""{"name":"b"}""", 400)]
    [InlineData("""{"retries":"many"}""", 400)]
    public async Task Patch_Bad_IsRefused(string patch, int status)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        Assert.Equal(status, (await server.SendAsync("PATCH", "/v1/jobs/a", patch)).Code);
        Assert.Equal(1, server.Node.Jobs.Find("a")!.State.Revision);
    }

    [Fact]
    public async Task Patch_UnknownJobOrOldTag_Is404Or412()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        (await server.SendAsync("PATCH", "/v1/jobs/x", "{}")).Problem(404, ProblemTypes.NotFound);
        (await server.SendAsync("PATCH", "/v1/jobs/a", "{}", ("If-Match", Tags(server, "\"1-7\""))))
            .Problem(412, ProblemTypes.RevisionMismatch);
    }

    [Fact]
    public async Task Delete_Job_Is204AndThen404()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        Assert.Equal(204, (await server.SendAsync("DELETE", "/v1/jobs/a", null)).Code);
        (await server.SendAsync("DELETE", "/v1/jobs/a", null)).Problem(404, ProblemTypes.NotFound);
        (await server.GetAsync("/v1/jobs/a")).Problem(404, ProblemTypes.NotFound);
    }

    [Theory]
    [InlineData("", 409, "a,b")]
    [InlineData("?cascade=refuse", 409, "a,b")]
    [InlineData("?cascade=detach", 204, "b")]
    [InlineData("?cascade=inherit", 204, "b")]
    [InlineData("?cascade=delete", 204, "")]
    [InlineData("?cascade=burn", 400, "a,b")]
    public async Task Delete_Parent_DoesWithChildrenAsAsked(string query, int status, string left)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b", ",\"parents\":[\"a\"]");

        var answer = await server.SendAsync("DELETE", $"/v1/jobs/a{query}", null);

        Assert.Equal(status, answer.Code);
        Assert.Equal(left, string.Join(',', server.Node.Jobs.InOrder().Select(j => j.Job.Name)));
        if (status == 409)
            Assert.Contains(
                "is a parent of", answer.Problem(409, ProblemTypes.Conflict)["detail"]!.GetValue<string>(),
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_OldTag_Is412()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("a");

        (await server.SendAsync("DELETE", "/v1/jobs/a", null, ("If-Match", Tags(server, "\"1-1\""))))
            .Problem(412, ProblemTypes.RevisionMismatch);
        var deleted = await server.SendAsync("DELETE", "/v1/jobs/a", null, ("If-Match", Tags(server, "\"1-2\"")));
        Assert.Equal(204, deleted.Code);
    }

    [Fact]
    public async Task Disable_Job_TellsWhyUntilEnabled()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        await server.Client.DisableJobAsync("a", "holiday", default);
        var disabled = await server.Client.GetJobAsync("a", default);
        await server.Client.EnableJobAsync("a", default);
        var enabled = await server.Client.GetJobAsync("a", default);

        Assert.True(disabled.Definition["disabled"]!.GetValue<bool>());
        Assert.Equal("holiday", disabled.Status.DisabledReason);
        Assert.False(enabled.Definition["disabled"]!.GetValue<bool>());
        Assert.Null(enabled.Status.DisabledReason);
        Assert.Equal(404, (await server.PostAsync("/v1/jobs/x/enable")).Code);
        Assert.Equal(404, (await server.PostAsync("/v1/jobs/x/disable")).Code);
    }

    [Fact]
    public async Task Get_Status_TellsEngineChildrenAndLimits()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b", ",\"parents\":[\"a\"]");
        var run = await server.RunAsync("a");

        var status = (await server.Client.GetJobAsync("a", default)).Status;

        Assert.Equal("running", status.State);
        Assert.Equal(["b"], status.Children);
        Assert.Equal("test", status.Engine);
        Assert.Equal(["memory: not limited"], status.Limits);
        Assert.Equal(run.Id.ToString(), Assert.Single(status.ActiveRuns).Id);
    }

    private static string WithoutStatus(JsonNode job)
    {
        job.AsObject().Remove("status");
        return job.ToJsonString();
    }

    /// <summary>Tags in which 1 stands for the incarnation of the job <c>a</c>.</summary>
    private static string Tags(TestServer server, string text) =>
        text.Replace("\"1-", $"\"{server.Node.Jobs.Find("a")!.State.Incarnation}-", StringComparison.Ordinal);
}
