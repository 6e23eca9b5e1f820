using System.Text.Json;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

public sealed class JobRoutesTests
{
    public static readonly TheoryData<string> Prefixes = ["/scheduler", "/v1/scheduler"];

    private const string Daily = """{"name":"a","schedule":"R/2030-01-01T00:00:00Z/P1D",""";

    private const string Documented = """
        {"schedule":"R10/2030-10-01T05:52:00Z/PT2S","name":"SAMPLE_JOB1","epsilon":"PT15M",
        "command":"echo 'FOO' >> /tmp/JOB1_OUT","owner":"bob@airbnb.com","async":false,"retries":"3","cpus":"0.5",
        "mem":64,"disabled":"false","secrets2":{"a":1}}
        """;

    [Theory, MemberData(nameof(Prefixes))]
    public async Task Create_DocumentedBody_IsReadAtOnce(string prefix)
    {
        await using var server = await CompatibleServer.StartAsync();

        var created = await server.PostJsonAsync($"{prefix}/iso8601", Documented);
        var read = await server.GetAsync($"{prefix}/job/SAMPLE_JOB1");

        Assert.Equal((204, ""), (created.Status, created.Body));
        Assert.Equal("*", created.Header("Access-Control-Allow-Origin"));
        Assert.Contains("secrets2", created.Header("X-Chronos-Warnings"), StringComparison.Ordinal);
        Assert.Equal((200, "application/json"), (read.Status, read.Header("Content-Type")));
        using var job = JsonDocument.Parse(read.Body);
        Assert.Equal("R10/2030-10-01T05:52:00Z/PT2S", job.RootElement.GetProperty("schedule").GetString());
        Assert.Equal(3, job.RootElement.GetProperty("retries").GetInt32());
        Assert.Contains("\"cpus\":0.5,", read.Body, StringComparison.Ordinal);
        Assert.Contains("\"mem\":64.0,", read.Body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Prefixes))]
    public async Task List_SomeJobs_IsOneLineByName(string prefix)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("b", ",\"uris\":[\"http://files/a.tgz\"]");
        await server.CreateAsync("a", ",\"description\":\"two\\nlines\"");

        var list = await server.GetAsync($"{prefix}/jobs");

        Assert.DoesNotContain('\n', list.Body);
        using var jobs = JsonDocument.Parse(list.Body);
        Assert.Equal(["a", "b"], jobs.RootElement.EnumerateArray().Select(j => j.GetProperty("name").GetString()));
        Assert.Contains("\"uri\":\"http://files/a.tgz\"", list.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ItemPostedBack_IsAccepted()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a", ",\"uris\":[\"http://files/a.tgz\"]");
        var list = await server.GetAsync("/scheduler/jobs");

        var posted = await server.PostJsonAsync("/scheduler/iso8601", list.Body[1..^1]);

        Assert.Equal("204 ", $"{posted.Status} {posted.Body}");
        Assert.Equal(list.Body, (await server.GetAsync("/scheduler/jobs")).Body);
    }

    [Fact]
    public async Task List_Nothing_IsAnEmptyArray()
    {
        await using var server = await CompatibleServer.StartAsync();

        Assert.Equal("[]", (await server.GetAsync("/scheduler/jobs")).Body);
        Assert.Equal("{\"jobs\":[]}", (await server.GetAsync("/scheduler/jobs/summary")).Body);
    }

    [Theory, MemberData(nameof(Prefixes))]
    public async Task Summary_ScheduledAndDependent_IsAsTheOriginal(string prefix)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("A", ",\"disabled\":true");
        await server.CreateChildAsync("B", "[\"A\"]");

        var summary = await server.GetAsync($"{prefix}/jobs/summary");

        const string schedule = "\"schedule\":\"R/2030-01-01T00:00:00Z/P1D\"";
        Assert.Equal(
            """{"jobs":[{"name":"A","status":"fresh","state":"idle","""
                + schedule + ""","parents":[],"disabled":true},"""
            + """{"name":"B","status":"fresh","state":"idle","schedule":"","parents":["A"],"disabled":false}]}""",
            summary.Body);
    }

    [Theory]
    [InlineData("GET", "/job/X", "Job 'X' not found")]
    [InlineData("PUT", "/job/X", "Job 'X' not found")]
    [InlineData("GET", "/job/stat/X", "Job 'X' not found")]
    [InlineData("DELETE", "/job/X", "JobSchedule 'X' not found")]
    [InlineData("DELETE", "/task/kill/X", "JobSchedule 'X' not found")]
    public async Task UnknownJob_AnyMethod_Is400WithTheSentence(string method, string path, string sentence)
    {
        await using var server = await CompatibleServer.StartAsync();

        foreach (var prefix in Prefixes)
        {
            var answer = await server.SendAsync(method, prefix.Data + path);
            Assert.Equal(400, answer.Status);
            Assert.Equal("application/json", answer.Header("Content-Type"));
            Assert.Equal($$"""{"message":"{{sentence}}","status":"Bad Request"}""", answer.Body);
        }
    }

    [Theory]
    [InlineData("""{"name":"a/b","schedule":"R/2030-01-01T00:00:00Z/P1D"}""",
        "the job's name is invalid. Allowed names:")]
    [InlineData("""{"schedule":"R/2030-01-01T00:00:00Z/P1D"}""", "the job's name is invalid.")]
    [InlineData("""{"name":"a","schedule":"nonsense"}""", "Cannot parse schedule 'nonsense'")]
    [InlineData("""{"name":"a","schedule":"R/1969-01-01T00:00:00Z/P1D"}""",
        "Scheduled start date '1969-01-01T00:00:00Z' is before 1970!")]
    [InlineData("""{"name":"a","schedule":""}""", "Cannot parse schedule ''")]
    [InlineData("""{"name":"a","parents":["p"]}""", "")]
    [InlineData(Daily + """ "constraints":[["rack","LIKE","[[["]]}""", "constraints")]
    [InlineData(Daily + """ "constraints":[["rack","like","a"]]}""", "constraints")]
    [InlineData(Daily + """ "environmentVariables":[{"name":"x"}]}""", "environmentVariables")]
    [InlineData(Daily + """ "uris":["u"],"fetch":[{"uri":"v"}]}""",
        "Tried to add both uri (deprecated) and fetch parameters on a")]
    [InlineData("""{"name":"\ud800","schedule":"R/2030-01-01T00:00:00Z/P1D"}""", "")]
    [InlineData("{", "The body is not well-formed JSON:")]
    [InlineData("", "The body is not well-formed JSON:")]
    [InlineData("[]", "The body must be a JSON object.")]
    [InlineData("null", "The body must be a JSON object.")]
    public async Task Create_WrongInput_Is400InOneLine(string body, string sentence)
    {
        await using var server = await CompatibleServer.StartAsync();

        var answer = await server.PostJsonAsync("/scheduler/iso8601", body);

        Assert.True(answer.Status == 400, $"{answer.Status} {answer.Body}");
        using var error = JsonDocument.Parse(answer.Body);
        var message = error.RootElement.GetProperty("message").GetString()!;
        Assert.StartsWith(sentence, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Equal("Bad Request", error.RootElement.GetProperty("status").GetString());
        Assert.Equal("[]", (await server.GetAsync("/scheduler/jobs")).Body);
    }

    [Theory]
    [InlineData("[]", "Error, parent does not exist")]
    [InlineData("[\"gone\"]", "JobSchedule a does not have all parents defined!")]
    [InlineData("[\"a\"]", "JobSchedule a does not have all parents defined!")]
    public async Task CreateDependent_WrongParents_Is400(string parents, string sentence)
    {
        await using var server = await CompatibleServer.StartAsync();

        var answer = await server.PostJsonAsync(
            "/scheduler/dependency", $$"""{"name":"a","command":"x","parents":{{parents}}}""");

        Assert.Equal(400, answer.Status);
        Assert.Contains($"\"message\":\"{sentence}", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateDependent_ThatClosesACircle_Is400AndChangesNothing()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("A");
        await server.CreateChildAsync("B", "[\"A\"]");
        await server.CreateChildAsync("C", "[\"B\"]");

        var answer = await server.PostJsonAsync("/scheduler/dependency", """{"name":"A","parents":["C"]}""");

        Assert.Equal(400, answer.Status);
        Assert.Contains("circle", answer.Body, StringComparison.Ordinal);
        Assert.Empty(server.Node.Jobs.Find("A")!.Job.Parents);
    }

    [Theory]
    [InlineData("/scheduler/iso8601", "POST", null, 415)]
    [InlineData("/scheduler/iso8601", "POST", "text/plain", 415)]
    [InlineData("/v1/scheduler/iso8601", "PUT", "application/json; charset=utf-8", 204)]
    [InlineData("/v1/scheduler/dependency", "PUT", null, 204)]
    [InlineData("/scheduler/dependency", "POST", "application/x-www-form-urlencoded", 204)]
    public async Task Create_ContentType_IsNeededForScheduledJobsOnly(
        string path, string method, string? type, int status)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("p");
        var body = path.EndsWith("dependency", StringComparison.Ordinal)
            ? """{"name":"a","parents":["p"]}"""
            : """{"name":"a","schedule":"R/2030-01-01T00:00:00Z/P1D"}""";

        var answer = await server.SendAsync(method, path, body, type);

        Assert.Equal(status, answer.Status);
        if (status == 415)
            Assert.Contains("\"status\":\"Unsupported Media Type\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_ExistingNameOfTheOtherKind_IsConverted()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("p");
        await server.CreateAsync("a");

        await server.CreateChildAsync("a", "[\"p\"]");

        Assert.Null(server.Node.Jobs.Find("a")!.Job.Schedule);
    }

    [Theory, MemberData(nameof(Prefixes))]
    public async Task Delete_ParentWithASchedule_GivesItToItsChildrenWithoutLosingFields(string prefix)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("p");
        await server.PostJsonAsync("/scheduler/dependency",
            """{"name":"c","parents":["p"],"description":"kept","arguments":["a"],"concurrent":true}""");

        var deleted = await server.SendAsync("DELETE", $"{prefix}/job/p");

        Assert.Equal((204, ""), (deleted.Status, deleted.Body));
        var child = server.Node.Jobs.Find("c")!.Job;
        Assert.Equal("R/2030-01-01T00:00:00Z/P1D", child.Schedule?.Text);
        Assert.Equal("kept", child.Description);
        Assert.Equal(["a"], child.Task.Arguments);
    }

    [Fact]
    public async Task Name_WithBlanksAndHash_IsReachedByItsEncodedPath()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("old #1 job");

        Assert.Equal(200, (await server.GetAsync("/scheduler/job/old%20%231%20job")).Status);
        Assert.Equal(204, (await server.SendAsync("DELETE", "/scheduler/job/old%20%231%20job")).Status);
    }

    [Fact]
    public async Task Head_AndOptions_AreAnsweredWithoutABody()
    {
        await using var server = await CompatibleServer.StartAsync();

        var head = await server.SendAsync("HEAD", "/v1/scheduler/jobs");
        var options = await server.SendAsync("OPTIONS", "/v1/scheduler/job/x");

        Assert.Equal((200, ""), (head.Status, head.Body));
        Assert.Equal(204, options.Status);
        Assert.Equal("DELETE,GET,HEAD,OPTIONS,PUT", options.Header("Allow"));
        Assert.Null(options.Header("Access-Control-Allow-Methods"));
    }

    [Theory]
    [InlineData("/scheduler/info")]
    [InlineData("/scheduler/job")]
    [InlineData("/isMaster")]
    public async Task Path_ThatNoVersionHad_Is404(string path)
    {
        await using var server = await CompatibleServer.StartAsync();

        Assert.Equal(404, (await server.GetAsync(path)).Status);
    }
}
