using System.Net;
using Chronos.Api;
using Chronos.Server.Tests.Hosting;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class RunTests
{
    [Fact]
    public async Task Start_Job_Is201WithTheRun()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        var answer = await server.PostAsync(
            "/v1/jobs/a/runs", """{"arguments":["-n","5"],"environment":{"X":"1"}}""");

        Assert.Equal(201, answer.Code);
        var id = answer.Json["id"]!.GetValue<string>();
        Assert.Equal($"/v1/runs/{id}", answer.Header("Location"));
        Assert.Equal("-n 5", answer.Json["arguments"]!.GetValue<string>());
        Assert.Equal("1", answer.Json["environment"]!["X"]!.GetValue<string>());
        Assert.Equal("manual", answer.Json["cause"]!["kind"]!.GetValue<string>());
        Assert.Equal("2026-01-01T00:00:00Z", answer.Json["nominal"]!.GetValue<string>());
    }

    [Fact]
    public async Task Start_SameKey_GivesTheSameRunEvenAfterItsEnd()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        var first = await server.Client.StartRunAsync("a", new(), "key", default);
        var second = await server.PostAsync("/v1/jobs/a/runs", null, ("Idempotency-Key", "key"));
        await server.Client.KillRunAsync(first.Run.Id, default);
        await server.WhenAsync(() => server.Node.Jobs.ActiveRunCount == 0);
        var third = await server.PostAsync("/v1/jobs/a/runs", "{}", ("Idempotency-Key", "key"));

        Assert.True(first.IsNew);
        Assert.Equal(200, second.Code);
        Assert.Equal(first.Run.Id, second.Json["id"]!.GetValue<string>());
        Assert.Equal(200, third.Code);
        Assert.Equal("killed", third.Json["state"]!.GetValue<string>());
    }

    [Fact]
    public async Task Start_JobThatRuns_Is409WithTheSkippedRun()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.RunAsync("a");

        var problem = (await server.PostAsync("/v1/jobs/a/runs")).Problem(409, ProblemTypes.NotStarted);
        var e = await Assert.ThrowsAsync<ChronosApiException>(() =>
            server.Client.StartRunAsync("a", new(), null, default));

        Assert.Equal("skipped", problem["run"]!["state"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Conflict, e.Status);
        Assert.Equal("skipped", e.Problem.Run!.State);
        Assert.NotEqual("", e.Message);
    }

    [Fact]
    public async Task Start_DisabledJob_Is409()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"disabled\":true");

        (await server.PostAsync("/v1/jobs/a/runs")).Problem(409, ProblemTypes.NotStarted);
    }

    [Theory]
    [InlineData("""{"arguments":7}""", 400)]
    [InlineData("""{"arguments":["a",7]}""", 400)]
    [InlineData("""{"environment":{"A=B":"x"}}""", 400)]
    [InlineData("""{"environment":{"A":null}}""", 400)]
    [InlineData("""{"environment":{"A":7}}""", 400)]
    [InlineData("""{"args":"x"}""", 400)]
    [InlineData("""{"arguments":null}""", 201)]
    [InlineData("""{"arguments":"-x"}""", 201)]
    public async Task Start_Request_IsCheckedFirst(string json, int status)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        Assert.Equal(status, (await server.PostAsync("/v1/jobs/a/runs", json)).Code);
        if (status == 400) Assert.Equal(0, server.Node.Jobs.ActiveRunCount);
    }

    [Fact]
    public async Task Start_UnknownJobOrEndlessKey_Is404Or400()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        (await server.PostAsync("/v1/jobs/x/runs")).Problem(404, ProblemTypes.NotFound);
        (await server.PostAsync("/v1/jobs/a/runs", null, ("Idempotency-Key", new string('k', 256))))
            .Problem(400, ProblemTypes.Invalid);
    }

    [Fact]
    public async Task Kill_Run_EndsItOnce()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");

        Assert.Equal(204, (await server.PostAsync($"/v1/runs/{run.Id}/kill")).Code);
        await server.WhenAsync(() => server.Node.Jobs.ActiveRunCount == 0);
        var ended = await server.Client.GetRunAsync(run.Id.ToString(), default);

        Assert.Equal("killed", ended.State);
        Assert.Equal("anonymous", ended.Kill!.By);
        (await server.PostAsync($"/v1/runs/{run.Id}/kill")).Problem(409, ProblemTypes.Conflict);
    }

    [Fact]
    public async Task Kill_AllOfAJob_EndsEach()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"concurrency\":\"allow\"");
        await server.RunAsync("a");
        await server.RunAsync("a");

        await server.Client.KillJobRunsAsync("a", default);

        await server.WhenAsync(() => server.Node.Jobs.ActiveRunCount == 0);
    }

    [Theory]
    [InlineData("0000000000000000000000000A")]
    [InlineData("nonsense")]
    [InlineData("..%2F..")]
    public async Task Run_Unknown_Is404ForEveryPath(string id)
    {
        await using var server = await TestServer.StartAsync();

        (await server.GetAsync($"/v1/runs/{id}")).Problem(404, ProblemTypes.NotFound);
        (await server.GetAsync($"/v1/runs/{id}/logs/stdout")).Problem(404, ProblemTypes.NotFound);
        (await server.PostAsync($"/v1/runs/{id}/kill")).Problem(404, ProblemTypes.NotFound);
        (await server.PostAsync($"/v1/runs/{id}/retry")).Problem(404, ProblemTypes.NotFound);
        (await server.PostAsync($"/v1/runs/{id}/complete", """{"statusCode":0}""")).Problem(404, ProblemTypes.NotFound);
        (await server.PostAsync($"/v1/runs/{id}/progress", """{"elements":1}""")).Problem(404, ProblemTypes.NotFound);
    }

    [Fact]
    public async Task Retry_EndedRun_RepeatsItsTimeAndArguments()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"retries\":0");
        var first = await server.Client.StartRunAsync(
            "a", new() { Arguments = System.Text.Json.JsonElement.Parse("\"-x\"") }, null, default);
        (await server.PostAsync($"/v1/runs/{first.Run.Id}/retry")).Problem(409, ProblemTypes.Conflict);
        await server.Client.KillRunAsync(first.Run.Id, default);
        await server.WhenAsync(() => server.Node.Jobs.ActiveRunCount == 0);
        server.Clock.Advance(Duration.FromHours(1));

        var again = await server.Client.RetryRunAsync(first.Run.Id, "key", default);
        var same = await server.Client.RetryRunAsync(first.Run.Id, "key", default);

        Assert.NotEqual(first.Run.Id, again.Run.Id);
        Assert.Equal(first.Run.Nominal, again.Run.Nominal);
        Assert.Equal("-x", again.Run.Arguments);
        Assert.Equal(("repeat", first.Run.Id), (again.Run.Cause.Kind, again.Run.Cause.Detail));
        Assert.Equal((again.Run.Id, false), (same.Run.Id, same.IsNew));
    }

    [Fact]
    public async Task Complete_AsyncRun_EndsAsItsTaskSays()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"async\":true,\"retries\":0");
        var run = await server.RunAsync("a");

        await server.Client.CompleteRunAsync(run.Id.ToString(), new(3, "disk full"), default);
        await server.WhenAsync(() => server.Node.Jobs.ActiveRunCount == 0);
        var ended = await server.Client.GetRunAsync(run.Id.ToString(), default);

        Assert.Equal("failed", ended.State);
        Assert.Equal((3, "disk full"), (ended.Attempts[0].ExitCode, ended.Attempts[0].Message));
    }

    [Fact]
    public async Task Complete_RunThatIsNotAsync_Is409()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.RunAsync("a");

        (await server.PostAsync($"/v1/runs/{run.Id}/complete", """{"statusCode":0}"""))
            .Problem(409, ProblemTypes.Conflict);
    }

    [Fact]
    public async Task Progress_Reports_AddUp()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"dataProcessingJobType\":true");
        var run = await server.RunAsync("a");

        await server.Client.AddProgressAsync(run.Id.ToString(), 40, default);
        await server.Client.AddProgressAsync(run.Id.ToString(), 2, default);

        Assert.Equal(42, (await server.Client.GetRunAsync(run.Id.ToString(), default)).Progress);
        Assert.Equal(400, (await server.PostAsync($"/v1/runs/{run.Id}/progress", """{"elements":-1}""")).Code);
    }

    [Fact]
    public async Task MarkSuccess_Parent_ReleasesItsChild()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b", ",\"parents\":[\"a\"]");

        await server.Client.MarkSuccessAsync("a", default);

        await server.WhenAsync(() => server.Node.Jobs.Find("b")!.State.ActiveRuns.Count == 1);
        Assert.Equal(404, (await server.PostAsync("/v1/jobs/x/mark-success")).Code);
    }

    [Fact]
    public async Task List_PageByPage_GivesActiveRunsFirstAndEachOnce()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"concurrency\":\"allow\"");
        await server.CreateAsync("b");
        for (var i = 0; i < 5; i++)
        {
            server.Clock.Advance(Duration.FromMinutes(1));
            await server.CompleteAsync("b");
        }

        for (var i = 0; i < 4; i++)
        {
            server.Clock.Advance(Duration.FromMinutes(1));
            await server.RunAsync("a");
        }

        foreach (var limit in new[] { 1, 2, 3, 4, 5, 20 })
        {
            var runs = new List<RunDocument>();
            await foreach (var run in server.Client.ListAllRunsAsync(new() { Limit = limit }, default)) runs.Add(run);

            Assert.Equal(9, runs.Select(r => r.Id).Distinct().Count());
            Assert.Equal(9, runs.Count);
            Assert.All(runs.Take(4), r => Assert.Equal("running", r.State));
            Assert.Equal(runs.Take(4).OrderByDescending(r => r.Nominal), runs.Take(4));
            Assert.Equal(runs.Skip(4).OrderByDescending(r => r.Nominal), runs.Skip(4));
        }
    }

    [Theory]
    [InlineData("job=b", 1)]
    [InlineData("state=running", 1)]
    [InlineData("state=running&state=succeeded", 2)]
    [InlineData("from=2026-01-01T00:00:30Z", 1)]
    [InlineData("from=2026-01-01T01:00:30%2B01:00", 1)]
    [InlineData("until=2026-01-01T00:00:30Z", 1)]
    [InlineData("label=team%3Dops", 1)]
    [InlineData("label=team%3Dx", 0)]
    [InlineData("", 2)]
    public async Task List_Filter_GivesThoseThatMatch(string query, int count)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"labels\":{\"team\":\"ops\"}");
        await server.CreateAsync("b");
        await server.CompleteAsync("a");
        server.Clock.Advance(Duration.FromMinutes(1));
        await server.RunAsync("b");

        var page = await server.GetAsync($"/v1/runs?{query}");

        Assert.Equal(count, page.Json["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("state=done", "state")]
    [InlineData("from=yesterday", "from")]
    [InlineData("label=team", "label")]
    [InlineData("after=x", "after")]
    public async Task List_BadParameter_Is400(string query, string field)
    {
        await using var server = await TestServer.StartAsync();

        var problem = (await server.GetAsync($"/v1/runs?{query}")).Problem(400, ProblemTypes.Invalid);

        Assert.Equal(field, problem["violations"]![0]!["field"]!.GetValue<string>());
    }

    [Fact]
    public async Task ListOfJob_DeletedJob_ShowsItsHistory()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        var run = await server.CompleteAsync("a");
        await server.Client.DeleteJobAsync("a", null, null, default);

        var page = await server.GetAsync("/v1/jobs/a/runs");

        Assert.Equal(run.Id.ToString(), page.Json["items"]![0]!["id"]!.GetValue<string>());
        (await server.GetAsync("/v1/jobs/x/runs")).Problem(404, ProblemTypes.NotFound);
    }

    [Fact]
    public async Task Get_FailedRun_TellsEachAttempt()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"retries\":0");
        var run = await server.RunAsync("a");
        await server.ExitAsync(run, 7);

        var ended = await server.Client.GetRunAsync(run.Id.ToString(), default);

        Assert.Equal(("failed", 7, "agent-1"), (ended.State, ended.Attempts[0].ExitCode, ended.Attempts[0].Agent));
    }
}
