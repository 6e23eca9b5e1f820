using System.Text.Json.Nodes;
using Chronos.Api;
using Chronos.Server.Hosting;
using Chronos.Server.Tests.Hosting;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Native;

public sealed class InsightTests
{
    [Fact]
    public async Task Schedule_OverADaylightSavingGap_MarksTheShiftedTime()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"schedule\":\"30 2 * * *\",\"scheduleTimeZone\":\"Europe/Berlin\"");

        var preview = await server.Client.GetScheduleAsync(
            "a", 3, new DateTimeOffset(2026, 3, 27, 12, 0, 0, TimeSpan.Zero), default);

        Assert.Equal("Europe/Berlin", preview.TimeZone);
        Assert.Equal("fixed", preview.Kind);
        Assert.NotEqual("", preview.Description);
        Assert.Equal(
            ["2026-03-28T02:30:00+01", "2026-03-29T03:00:00+02", "2026-03-30T02:30:00+02"],
            preview.Occurrences.Select(o => o.Local));
        Assert.Equal([null, "2026-03-29T02:30:00", null], preview.Occurrences.Select(o => o.ShiftedFrom));
    }

    [Fact]
    public async Task Schedule_ExcludedDatesAndEnd_AreLeftOut()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", """
            ,"schedule":"0 0 * * *","calendars":["2026-01-03"],"endBefore":"2026-01-05T00:00:00Z"
            """);

        var preview = await server.Client.GetScheduleAsync("a", null, null, default);

        Assert.Equal([2, 4], preview.Occurrences.Select(o => o.At.Day));
    }

    [Fact]
    public async Task Schedule_BoundedInterval_TellsWhatIsLeft()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"schedule\":\"R3/2026-01-02T00:00:00Z/PT1H\"");

        var preview = await server.Client.GetScheduleAsync("a", null, null, default);

        Assert.Equal((3L, 3), (preview.Remaining, preview.Occurrences.Count));
    }

    [Fact]
    public async Task Schedule_JobWithoutOne_Is409()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");

        (await server.GetAsync("/v1/jobs/a/schedule")).Problem(409, ProblemTypes.Conflict);
        (await server.GetAsync("/v1/jobs/x/schedule")).Problem(404, ProblemTypes.NotFound);
        (await server.GetAsync("/v1/jobs/a/schedule?count=0&from=x")).Problem(400, ProblemTypes.Invalid);
    }

    [Theory]
    [InlineData("""{"schedule":"*/15 * * * *","count":4}""", 4)]
    [InlineData("""{"schedule":"@every 90s"}""", 10)]
    [InlineData("""{"schedule":"H H * * *","name":"a","count":1,"gap":"skip","overlap":"both"}""", 1)]
    [InlineData("""{"schedule":"R2/2026-01-01T01:00:00Z/P1D","scheduleTimeZone":"Asia/Tokyo"}""", 1)]
    public async Task Preview_Schedule_GivesItsNextTimes(string json, int count)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.PostAsync("/v1/schedule:preview", json);

        Assert.Equal(count, answer.Json["occurrences"]!.AsArray().Count);
        Assert.Equal(0, server.Node.Jobs.Count);
    }

    [Theory]
    [InlineData("""{"schedule":"99 * * * *"}""", "schedule")]
    [InlineData("""{"schedule":""}""", "schedule")]
    [InlineData("{}", "schedule")]
    [InlineData("""{"schedule":"@daily","scheduleTimeZone":"Mars/Base"}""", "scheduleTimeZone")]
    [InlineData("""{"schedule":"@daily","gap":"jump"}""", "gap")]
    [InlineData("""{"schedule":"@daily","count":0}""", "count")]
    [InlineData("""{"schedule":"@daily","from":"soon"}""", "from")]
    [InlineData("""{"schedule":7}""", "schedule")]
    public async Task Preview_BadSchedule_Is400ThatNamesTheField(string json, string field)
    {
        await using var server = await TestServer.StartAsync();

        var problem = (await server.PostAsync("/v1/schedule:preview", json)).Problem(400, ProblemTypes.Invalid);

        Assert.Equal(field, problem["violations"]![0]!["field"]!.GetValue<string>());
    }

    [Fact]
    public async Task Preview_SeveralBrokenRules_AreToldAtOnce()
    {
        await using var server = await TestServer.StartAsync();

        var problem = (await server.PostAsync(
            "/v1/schedule:preview", """{"schedule":"99 * * * *","gap":"jump","count":0}"""))
            .Problem(400, ProblemTypes.Invalid);

        Assert.Equal(
            ["count", "gap", "schedule"],
            problem["violations"]!.AsArray().Select(v => v!["field"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Graph_Linked_LeavesOutJobsThatStandAlone()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b", ",\"parents\":[\"a\"]");
        await server.CreateAsync("alone");

        var linked = (await server.GetAsync("/v1/graph?linked=true")).Json;
        var all = (await server.GetAsync("/v1/graph?linked=false")).Json;

        Assert.Equal(["a", "b"], linked["nodes"]!.AsArray().Select(n => n!["name"]!.GetValue<string>()));
        Assert.Single(linked["edges"]!.AsArray());
        Assert.Equal(3, all["nodes"]!.AsArray().Count);
        (await server.GetAsync("/v1/graph?linked=perhaps")).Problem(400, ProblemTypes.Invalid);
    }

    [Fact]
    public async Task Graph_Jobs_AreNodesAndParentsAreEdges()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b", ",\"parents\":[\"a\"]");
        await server.CreateAsync("c", ",\"parents\":[\"b\"]");
        await server.CreateAsync("d");

        var all = await server.Client.GetGraphAsync(default);
        var around = await server.Client.GetJobGraphAsync("b", default);
        var dot = await server.Client.GetGraphTextAsync(null, "dot", default);
        var csv = await server.Client.GetGraphTextAsync("b", "csv", default);

        Assert.Equal(["a", "b", "c", "d"], all.Nodes.Select(n => n.Name));
        Assert.Equal([new("a", "b", false), new GraphEdge("b", "c", false)], all.Edges);
        Assert.Equal(["a", "b", "c"], around.Nodes.Select(n => n.Name));
        Assert.Contains("  \"a\" -> \"b\";\n", dot, StringComparison.Ordinal);
        Assert.Equal(
            "node,a,fresh,idle\nnode,b,fresh,idle\nnode,c,fresh,idle\nlink,a,b\nlink,b,c\n", csv);
        (await server.GetAsync("/v1/graph?format=svg")).Problem(400, ProblemTypes.Invalid);
        (await server.GetAsync("/v1/jobs/x/graph")).Problem(404, ProblemTypes.NotFound);
    }

    [Fact]
    public async Task Graph_ParentsChangeOrGo_FollowsThem()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var name in new[] { "a", "b" }) await server.CreateAsync(name);
        await server.CreateAsync("c", ",\"parents\":[\"a\"]");
        await server.CreateAsync("d", ",\"parents\":[\"a\",\"b\"]");

        await server.CreateAsync("c", ",\"parents\":[\"b\"]");
        var moved = await ChildrenAsync(server, "a", "b");
        await server.Client.DeleteJobAsync("d", null, null, default);
        var gone = await ChildrenAsync(server, "a", "b");

        Assert.Equal("d|c,d", moved);
        Assert.Equal("|c", gone);
    }

    [Fact]
    public async Task Decisions_OfAJob_AreSentencesNewestFirst()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"retries\":0");
        server.Clock.Advance(Duration.FromMinutes(1));
        var failed = await server.RunAsync("a");
        server.Clock.Advance(Duration.FromSeconds(2));
        await server.ExitAsync(failed, 7);
        server.Clock.Advance(Duration.FromMinutes(1));
        await server.Client.DisableJobAsync("a", "holiday", default);

        var decisions = await server.Client.ListDecisionsAsync("a", null, null, default);

        var sentences = decisions.Items.Select(d => d.Sentence).ToList();
        Assert.Equal("2026-01-01T00:02:02Z disabled by anonymous from 127.0.0.1: holiday.", sentences[0]);
        Assert.Contains(sentences, s => s.StartsWith(
            "2026-01-01T00:01:00Z ran and failed after 2 s (exit code 7), started by hand by anonymous",
            StringComparison.Ordinal));
        Assert.Equal("2026-01-01T00:00:00Z created by anonymous from 127.0.0.1.", sentences[^1]);
        Assert.Equal(decisions.Items.OrderByDescending(d => d.At).Select(d => d.At), decisions.Items.Select(d => d.At));
    }

    [Fact]
    public async Task Decisions_SkippedAndMissed_SayWhy()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"schedule\":\"R/2026-01-01T00:10:00Z/PT10M\",\"missed\":\"none\"");
        await server.RunAsync("a");
        await server.PostAsync("/v1/jobs/a/runs");
        server.Clock.Advance(Duration.FromHours(1));
        await server.CreateAsync("wake");
        var until = TestServer.Start + Duration.FromHours(1);
        await server.WhenAsync(() => server.Node.Jobs.Find("a")!.State.Cursor >= until);

        var decisions = await server.Client.ListDecisionsAsync("a", null, null, default);

        Assert.Contains(decisions.Items, d => d.Kind == "skipped"
            && d.Sentence.Contains(": ", StringComparison.Ordinal));
        Assert.Contains(decisions.Items, d => d.Kind == "missed"
            && d.Sentence.Contains("occurrences until", StringComparison.Ordinal));
        Assert.Equal("running", decisions.Items[0].Kind);
    }

    [Fact]
    public async Task Decisions_PageByPage_GiveEachOnce()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        for (var i = 0; i < 4; i++)
        {
            server.Clock.Advance(Duration.FromMinutes(1));
            await server.CompleteAsync("a");
        }

        var whole = (await server.Client.ListDecisionsAsync("a", 1000, null, default)).Items;
        foreach (var limit in new[] { 1, 2, 3, 5 })
        {
            var seen = new List<string>();
            string? after = null;
            do
            {
                var page = await server.Client.ListDecisionsAsync("a", limit, after, default);
                seen.AddRange(page.Items.Select(d => d.Sentence));
                after = page.Next;
            }
            while (after is not null);

            Assert.Equal(whole.Select(d => d.Sentence), seen);
        }

        (await server.GetAsync("/v1/jobs/x/decisions")).Problem(404, ProblemTypes.NotFound);
        (await server.GetAsync("/v1/jobs/a/decisions?after=x")).Problem(400, ProblemTypes.Invalid);
    }

    [Fact]
    public async Task Backfill_Range_RunsAndCanBeStopped()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"schedule\":\"0 * * * *\"");

        var backfill = await server.Client.StartBackfillAsync(
            "a",
            new(new(2025, 12, 1, 0, 0, 0, TimeSpan.Zero), new(2025, 12, 2, 0, 0, 0, TimeSpan.Zero), 2),
            default);
        await server.WhenAsync(() => server.Node.Jobs.Find("a")!.State.ActiveRuns.Count == 2);
        var listed = await server.Client.ListBackfillsAsync("a", default);
        await server.Client.CancelBackfillAsync("a", backfill.Id, default);

        Assert.Equal(backfill.Id, Assert.Single(listed.Items).Id);
        Assert.Equal(2, backfill.Parallelism);
        Assert.Empty((await server.Client.ListBackfillsAsync("a", default)).Items);
        Assert.Equal(404, (await server.SendAsync("DELETE", $"/v1/jobs/a/backfills/{backfill.Id}", null)).Code);
        Assert.Equal(404, (await server.GetAsync("/v1/jobs/x/backfills")).Code);
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("""{"from":"2026-01-02T00:00:00Z","until":"2026-01-01T00:00:00Z"}""", 400)]
    [InlineData("""{"from":"2026-01-01T00:00:00Z","until":"2026-01-02T00:00:00Z","parallelism":0}""", 400)]
    [InlineData("""{"from":"x","until":"y"}""", 400)]
    public async Task Backfill_BadRange_Is400(string json, int status)
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a", ",\"schedule\":\"0 * * * *\"");

        Assert.Equal(status, (await server.PostAsync("/v1/jobs/a/backfills", json)).Code);
    }

    [Fact]
    public async Task Audit_Changes_TellWhoAndFromWhere()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b");
        await server.Client.DeleteJobAsync("a", null, null, default);

        var all = await server.Client.ListAuditAsync(null, null, null, default);
        var first = await server.Client.ListAuditAsync(null, 2, null, default);
        var rest = await server.Client.ListAuditAsync(null, 2, first.Next, default);
        var ofB = await server.Client.ListAuditAsync("b", null, null, default);

        Assert.Equal(["deleted", "created", "created"], all.Items.Select(e => e.Kind));
        Assert.All(all.Items, e => Assert.Equal(("anonymous", "127.0.0.1"), (e.By, e.Address)));
        Assert.Equal(all.Items.Select(e => e.Id), first.Items.Concat(rest.Items).Select(e => e.Id));
        Assert.Single(ofB.Items);
    }

    [Fact]
    public async Task Info_Settings_HideSecrets()
    {
        await using var server = await TestServer.StartAsync(new()
        {
            NodeId = "n1",
            Settings = new Dictionary<string, string> { ["http_port"] = "1", ["mail_password"] = "hunter2" },
        });

        var answer = await server.GetAsync("/v1/info");

        Assert.DoesNotContain("hunter2", answer.Body, StringComparison.Ordinal);
        Assert.Equal("1", answer.Json["options"]!["http_port"]!.GetValue<string>());
        Assert.Equal("n1", answer.Json["nodeId"]!.GetValue<string>());
        Assert.Contains("TZDB", answer.Json["tzdbVersion"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("test", answer.Json["engines"]![0]!["name"]!.GetValue<string>());
        Assert.Equal("admin", answer.Json["caller"]!["role"]!.GetValue<string>());
    }

    [Fact]
    public async Task Health_NodeStops_IsNotReadyButStillTells()
    {
        await using var server = await TestServer.StartAsync();
        var well = await server.GetAsync("/health/ready");
        await server.StopNodeAsync();

        var ready = await server.GetAsync("/health/ready");
        var report = await server.Client.GetHealthAsync(default);

        Assert.Equal((200, "ok"), (well.Code, well.Body));
        ready.Problem(503, ProblemTypes.Unavailable);
        Assert.False(report.IsReady);
        Assert.Equal(200, (await server.GetAsync("/health/live")).Code);
    }

    private static async Task<string> ChildrenAsync(TestServer server, params string[] names)
    {
        var texts = new List<string>();
        foreach (var name in names)
            texts.Add(string.Join(',', (await server.Client.GetJobAsync(name, default)).Status.Children));
        return string.Join('|', texts);
    }
}
