using System.Text.Json.Nodes;
using Chronos.Api;
using Chronos.Server.Endpoints.Native;
using Chronos.Server.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class JobListTests
{
    [Fact]
    public async Task List_Empty_IsAnEmptyPage()
    {
        await using var server = await TestServer.StartAsync();

        var page = await server.GetAsync("/v1/jobs");

        Assert.Equal("""{"items":[],"total":0}""", page.Body);
        Assert.Equal("application/json; charset=utf-8", page.Header("Content-Type"));
    }

    [Fact]
    public async Task List_Summary_TellsWhatListsNeed()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"schedule\":\"R/2026-01-02T00:00:00Z/P1D\",\"labels\":{\"team\":\"ops\"}");
        var run = await server.CompleteAsync("a");

        var job = (await server.GetAsync("/v1/jobs")).Json["items"]![0]!;

        Assert.Equal("echo a", job["command"]!.GetValue<string>());
        Assert.Equal("ops", job["labels"]!["team"]!.GetValue<string>());
        Assert.Equal("idle", job["state"]!.GetValue<string>());
        Assert.Equal("2026-01-02T00:00:00Z", job["next"]!.GetValue<string>());
        Assert.Equal(run.Id.ToString(), job["lastRun"]!["id"]!.GetValue<string>());
        Assert.Equal(1, job["counters"]!["successCount"]!.GetValue<int>());
        Assert.Null(job["disabledReason"]);
    }

    [Theory]
    [InlineData("name=job&sort=-name")]
    [InlineData("label=team%3Dops")]
    [InlineData("owner=ann&sort=owner")]
    [InlineData("q=JOB-&sort=-updated")]
    [InlineData("sort=next")]
    public async Task Page_OfManyJobs_MakesNoObjectPerJob(string query)
    {
        const int count = 2_000;
        await using var server = await TestServer.StartAsync();
        var jobs = string.Join(',', Enumerable.Range(0, count).Select(i =>
            $$"""{"name":"job-{{i:0000}}","command":"x","owner":"ann@x.org, ann","labels":{"team":"ops"} }"""));
        Assert.Equal(200, (await server.PostAsync("/v1/jobs:bulk", $"[{jobs}]")).Code);
        var reader = new QueryReader(new QueryCollection(QueryHelpers.ParseQuery(query)));
        var order = JobOrder.Parse(reader.Text("sort") ?? "name");

        long Measure()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var filter = JobEndpoints.ReadFilter(reader, server.Node.Engines);
            var page = new JobListing(server.Node.Jobs, filter, order).Page(10, null);
            Assert.Equal(count, page.Total);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        _ = Measure();
        Assert.InRange(Measure(), 0, count * 8);
    }

    [Fact]
    public async Task List_TenThousandAtOnce_IsTheMost()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(200, (await server.GetAsync("/v1/jobs?limit=10000")).Code);
        (await server.GetAsync("/v1/jobs?limit=10001")).Problem(400, ProblemTypes.Invalid);
    }

    [Theory]
    [InlineData("name", "")]
    [InlineData("-name", "")]
    [InlineData("next", "")]
    [InlineData("-updated", "")]
    [InlineData("name", "&q=job")]
    [InlineData("-name", "&q=job")]
    public async Task List_FromAnOffset_IsWhatTurningPagesGives(string sort, string filter)
    {
        await using var server = await TestServer.StartAsync();
        await PutManyAsync(server, 25);
        var all = (await server.GetAsync($"/v1/jobs?sort={sort}{filter}&limit=100")).Json["items"]!.AsArray();

        var page = (await server.GetAsync($"/v1/jobs?sort={sort}{filter}&limit=4&offset=10")).Json;
        var past = (await server.GetAsync($"/v1/jobs?sort={sort}{filter}&limit=4&offset=25")).Json;

        Assert.Equal(Names(all).Skip(10).Take(4), Names(page["items"]!.AsArray()));
        Assert.Equal(25, page["total"]!.GetValue<int>());
        Assert.Empty(past["items"]!.AsArray());

        static IEnumerable<string> Names(JsonArray items) => items.Select(job => job!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task List_OffsetAndAfter_AreRefusedTogether()
    {
        await using var server = await TestServer.StartAsync();
        await PutManyAsync(server, 5);
        var next = (await server.GetAsync("/v1/jobs?limit=2")).Json["next"]!.GetValue<string>();

        (await server.GetAsync($"/v1/jobs?after={next}&offset=2")).Problem(400, ProblemTypes.Invalid);
        (await server.GetAsync("/v1/jobs?offset=-1")).Problem(400, ProblemTypes.Invalid);
    }

    [Theory]
    [InlineData("kind=schedule", "clock")]
    [InlineData("kind=parents", "child")]
    [InlineData("kind=manual", "hand")]
    [InlineData("engine=test", "child,clock,hand")]
    [InlineData("engine=other", "")]
    public async Task List_ByWhatStartsAndRunsIt_Filters(string filter, string names)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("clock", ",\"schedule\":\"@daily\"");
        await server.CreateAsync("hand");
        await server.CreateAsync("child", ",\"parents\":[\"hand\"]");

        var page = (await server.GetAsync($"/v1/jobs?{filter}")).Json["items"]!.AsArray();

        Assert.Equal(names, string.Join(',', page.Select(job => job!["name"]!.GetValue<string>())));
    }

    [Theory]
    [InlineData("name")]
    [InlineData("-name")]
    [InlineData("owner")]
    [InlineData("-next")]
    [InlineData("state")]
    [InlineData("lastRun")]
    [InlineData("-updated")]
    [InlineData("-success")]
    [InlineData("errors")]
    public async Task List_PageByPage_GivesEachJobOnce(string sort)
    {
        await using var server = await TestServer.StartAsync();
        await PutManyAsync(server, 25);

        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await server.Client.ListJobsAsync(new() { Sort = sort, Limit = 4, After = after }, default);
            Assert.Equal(25, page.Total);
            seen.AddRange(page.Items.Select(job => job.Name));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(25, seen.Distinct().Count());
        Assert.Equal(25, seen.Count);
        if (sort == "name") Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
        if (sort == "-name") Assert.Equal(seen.OrderDescending(StringComparer.Ordinal), seen);
    }

    [Fact]
    public async Task List_JobsComeAndGoBetweenPages_KeepsItsPlace()
    {
        await using var server = await TestServer.StartAsync();
        await PutManyAsync(server, 9);
        var first = await server.Client.ListJobsAsync(new() { Limit = 3 }, default);

        await server.Client.DeleteJobAsync(first.Items[^1].Name, null, null, default);
        await server.CreateAsync("job-00a");
        var second = await server.Client.ListJobsAsync(new() { Limit = 3, After = first.Next }, default);

        Assert.Equal(["job-03", "job-04", "job-05"], second.Items.Select(job => job.Name));
    }

    [Fact]
    public async Task List_AfterJobsCameAndWent_IsSortedAndWhole()
    {
        await using var server = await TestServer.StartAsync();
        await PutManyAsync(server, 5);
        await server.GetAsync("/v1/jobs");

        await server.CreateAsync("job-02x");
        await server.CreateAsync("a");
        await server.CreateAsync("z");
        await server.Client.DeleteJobAsync("job-01", null, null, default);
        await server.Client.DeleteJobAsync("job-03", null, null, default);
        await server.CreateAsync("job-03");
        var page = await server.Client.ListJobsAsync(new(), default);

        Assert.Equal(
            ["a", "job-00", "job-02", "job-02x", "job-03", "job-04", "z"], page.Items.Select(job => job.Name));
        Assert.Equal(7, page.Total);
    }

    [Theory]
    [InlineData("name=B", "b")]
    [InlineData("owner=ann@example.org", "a")]
    [InlineData("owner=BOB", "b")]
    [InlineData("label=team", "a,b")]
    [InlineData("label=team%3Dops", "a")]
    [InlineData("label=team%3Dops&label=tier", "")]
    [InlineData("disabled=true", "c")]
    [InlineData("disabled=false", "a,b,d")]
    [InlineData("parent=a", "d")]
    [InlineData("q=ECHO%20C", "c")]
    [InlineData("q=nightly", "b")]
    [InlineData("state=running", "a")]
    [InlineData("state=idle", "b,c,d")]
    [InlineData("lastRun=none", "a,c,d")]
    [InlineData("lastRun=succeeded", "b")]
    public async Task List_Filter_GivesThoseThatMatch(string query, string names)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"owner\":\"x@example.org, ann@example.org\",\"labels\":{\"team\":\"ops\"}");
        await server.CreateAsync(
            "b", ",\"ownerName\":\"Bob\",\"labels\":{\"team\":\"dev\"},\"description\":\"the nightly one\"");
        await server.CreateAsync("c", ",\"disabled\":true");
        await server.CreateAsync("d", ",\"parents\":[\"a\"]");
        await server.RunAsync("a");
        await server.CompleteAsync("b");

        var page = (await server.GetAsync($"/v1/jobs?{query}")).Json;

        var found = page["items"]!.AsArray().Select(job => job!["name"]!.GetValue<string>());
        Assert.Equal(names, string.Join(',', found));
        Assert.Equal(found.Count(), page["total"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=10001", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("state=done", "state")]
    [InlineData("disabled=maybe", "disabled")]
    [InlineData("sort=size", "sort")]
    [InlineData("after=%21%21", "after")]
    [InlineData("after=WyJydW5zIiwiYSJd", "after")]
    [InlineData("name=a&name=b", "name")]
    public async Task List_BadParameter_Is400ThatNamesIt(string query, string field)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.GetAsync($"/v1/jobs?{query}");

        Assert.Equal(400, answer.Code);
        Assert.Equal(field, answer.Json["violations"]![0]!["field"]!.GetValue<string>());
        Assert.NotEqual("", answer.Json["violations"]![0]!["remedy"]!.GetValue<string>());
    }

    [Fact]
    public async Task List_SeveralBadParameters_AreAllNamed()
    {
        await using var server = await TestServer.StartAsync();

        var problem = (await server.GetAsync("/v1/jobs?limit=0&state=x&sort=y"))
            .Problem(400, ProblemTypes.Invalid);

        Assert.Equal(3, problem["violations"]!.AsArray().Count);
    }

    [Fact]
    public async Task List_UnknownParameter_Is400WithTheNearest()
    {
        await using var server = await TestServer.StartAsync();

        var problem = (await server.GetAsync("/v1/jobs?ownr=x")).Problem(400, ProblemTypes.UnknownParameter);

        Assert.Contains("'owner'", problem["violations"]![0]!["remedy"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_CursorOfAnotherOrder_Is400()
    {
        await using var server = await TestServer.StartAsync();
        await PutManyAsync(server, 3);
        var page = await server.Client.ListJobsAsync(new() { Limit = 1 }, default);

        var answer = await server.GetAsync($"/v1/jobs?sort=owner&after={page.Next}");

        answer.Problem(400, ProblemTypes.Invalid);
    }

    private static async Task PutManyAsync(TestServer server, int count)
    {
        var jobs = new JsonArray();
        for (var i = 0; i < count; i++)
            jobs.Add(new JsonObject
            {
                ["name"] = $"job-{i:00}",
                ["command"] = "true",
                ["owner"] = $"owner-{i % 3}",
                ["schedule"] = i % 4 == 0 ? null : $"{i % 5} * * * *",
            });
        await server.Client.PutJobsAsync(System.Text.Encoding.UTF8.GetBytes(jobs.ToJsonString()), false, default);
    }
}
