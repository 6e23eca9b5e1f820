using System.Text.Json;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

public sealed class ChronosGoTests
{
    private static readonly string Ping1 = Pinging("ping1");

    private const string Ping2 = """{"Name":"ping2","COMMAND":"true","cpus":0.5,"mem":100,"unknown":1} trailing""";

    [Fact]
    public async Task Session_OfAClient_IsAnsweredAsByTheOriginal()
    {
        await using var server = await CompatibleServer.StartAsync();

        await Expect(server.SendAsync("POST", "/api/jobs", Ping1, null), 200, "1\n");
        await Expect(server.SendAsync("POST", "/api/jobs", Ping2, null), 200, "2\n");
        const string ping2 =
            """{"name":"ping2","enabled":false,"schedule":"","dockerimage":"","command":"true","cpus":0.5,"mem":100}""";
        await Expect(server.GetAsync("/api/jobs"), 200, $$"""{"1":{{Ping1}},"2":{{ping2}}}""" + "\n");
        await Expect(server.GetAsync("/api/jobs/2"), 200, ping2 + "\n");
        await Expect(server.SendAsync("PUT", "/api/jobs/2", Pinging("ping2"), null), 200, "");
        await Expect(server.SendAsync("PUT", "/api/jobs/7", Pinging("seven"), null), 200, "");
        await Expect(server.SendAsync("POST", "/api/jobs", """{"name":"eight"}""", null), 200, "8\n");
        await Expect(server.SendAsync("DELETE", "/api/jobs/8"), 200, "");
        await Expect(server.SendAsync("DELETE", "/api/jobs/8"), 200, "");
        await Expect(server.SendAsync("POST", "/api/jobs", """{"name":"nine"}""", null), 200, "9\n");
        await Expect(server.SendAsync("DELETE", "/api/jobs"), 200, "");
        await Expect(server.GetAsync("/api/jobs"), 200, "{}\n");
    }

    [Fact]
    public async Task List_Headers_AreAsTheOriginal()
    {
        await using var server = await CompatibleServer.StartAsync();

        var list = await server.GetAsync("/api/jobs");

        Assert.StartsWith("text/plain", list.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Equal("no-cache", list.Header("Pragma"));
    }

    [Theory]
    [InlineData("GET", "/api/jobs/5", null, 400)]
    [InlineData("GET", "/api/jobs/99999999999", null, 400)]
    [InlineData("GET", "/api/jobs/x", null, 404)]
    [InlineData("POST", "/api/jobs", "{", 400)]
    [InlineData("POST", "/api/jobs", "[]", 400)]
    [InlineData("POST", "/api/jobs", """{"name":[]}""", 400)]
    [InlineData("POST", "/api/jobs", """{"name":"a","enabled":true,"schedule":"* * * *"}""", 400)]
    [InlineData("POST", "/api/jobs", """{"name":"a","enabled":true,"schedule":"60 * * * * *"}""", 400)]
    [InlineData("POST", "/api/jobs", """{"name":"a","enabled":true,"schedule":"* * * * * 7"}""", 400)]
    [InlineData("PUT", "/api/jobs/1", """{"name":"a","enabled":true,"schedule":"soon"}""", 400)]
    [InlineData("POST", "/api/jobs/forcerun", "nonsense", 400)]
    public async Task WrongInput_AnyPath_IsAJsonError(string method, string path, string? body, int status)
    {
        await using var server = await CompatibleServer.StartAsync();

        var answer = await server.SendAsync(method, path, body, null);

        Assert.Equal(status, answer.Status);
        if (status != 400) return;
        using var error = JsonDocument.Parse(answer.Body);
        Assert.NotEqual("", error.RootElement.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Schedule_FiveFields_KeepsTheSecondFirst()
    {
        await using var server = await CompatibleServer.StartAsync();

        await server.SendAsync("POST", "/api/jobs", """{"name":"a","enabled":true,"schedule":"30 0 9 1 *"}""", null);

        Assert.Equal("30 0 9 1 * *", server.Node.Jobs.Find("a")!.Job.Schedule!.Text);
    }

    [Fact]
    public async Task Name_TakenByAnotherJob_GetsTheNumberAdded()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("ping1");

        await Expect(server.SendAsync("POST", "/api/jobs", Ping1, null), 200, "1\n");

        Assert.NotNull(server.Node.Jobs.Find("ping1-1"));
        await Expect(server.GetAsync("/api/jobs/1"), 200, Ping1 + "\n");
    }

    [Fact]
    public async Task DeleteAll_WithJobsOfOtherClients_LeavesThose()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("mine");
        await server.SendAsync("POST", "/api/jobs", Ping1, null);

        await server.SendAsync("DELETE", "/api/jobs");

        Assert.Equal(["mine"], server.Node.Jobs.InOrder().Select(j => j.Job.Name));
    }

    [Fact]
    public async Task ForceRun_JobThatDoesNotExist_RunsOnceAndGetsNoNumber()
    {
        await using var server = await CompatibleServer.StartAsync();

        await Expect(server.SendAsync("POST", "/api/jobs/forcerun", Ping1, null), 200, "");
        await Expect(server.SendAsync("POST", "/api/jobs/forcerun", Ping1, null), 200, "");

        await server.WhenAsync(() => server.Engine.Launches.Count == 2);
        Assert.All(server.Engine.Launches, l => Assert.Equal("ping -c 1 x", l.Job.Command));
        Assert.Equal(["ping1.forcerun"], server.Node.Jobs.InOrder().Select(j => j.Job.Name));
        Assert.Null(server.Node.Jobs.Find("ping1.forcerun")!.Next);
        await Expect(server.GetAsync("/api/jobs"), 200, "{}\n");
    }

    private static string Pinging(string name) =>
        $$"""{"name":"{{name}}","enabled":true,"schedule":"*/13 * * * * ?","dockerimage":"ubuntu:14.04","command":"""
        + "\"ping -c 1 x\",\"cpus\":2,\"mem\":10}";

    private static async Task Expect(Task<Answer> request, int status, string body)
    {
        var answer = await request;
        Assert.Equal($"{status} {body}", $"{answer.Status} {answer.Body}");
    }
}
