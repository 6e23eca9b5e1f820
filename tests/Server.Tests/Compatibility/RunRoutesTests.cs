using Chronos.Core.Runs;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Compatibility;

public sealed class RunRoutesTests
{
    private const long Due = 1420843781398;

    [Theory, MemberData(nameof(JobRoutesTests.Prefixes), MemberType = typeof(JobRoutesTests))]
    public async Task Run_WithArguments_OverridesThoseOfTheJob(string prefix)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("sample-name", ",\"arguments\":[\"-a\",\"1\"]");

        var answer = await server.SendAsync("PUT", $"{prefix}/job/sample-name?arguments=-c%201%20%3B%20./evil.sh");

        Assert.Equal((204, ""), (answer.Status, answer.Body));
        await server.WhenAsync(() => server.Engine.Launches.Count == 1);
        Assert.Equal("-c 1  ./evil.sh", server.Engine.Launches[0].Arguments);
        Assert.Equal($"ct:{Due}:0:sample-name:-c 1  ./evil.sh", server.Engine.Launches[0].TaskId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?arguments=")]
    [InlineData("?arguments=%20")]
    public async Task Run_WithoutArguments_UsesThoseOfTheJob(string query)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a", ",\"arguments\":[\"-a\",\"1\"]");

        var launch = await server.LaunchAsync("a", query);

        Assert.Equal("-a 1", launch.Arguments);
    }

    [Fact]
    public async Task Run_DisabledOrBusyJob_Is204AndStartsNothing()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("off", ",\"disabled\":true");
        await server.CreateAsync("busy");
        await server.LaunchAsync("busy");

        Assert.Equal(204, (await server.SendAsync("PUT", "/scheduler/job/off")).Status);
        Assert.Equal(204, (await server.SendAsync("PUT", "/scheduler/job/busy")).Status);

        Assert.Single(server.Engine.Launches);
        var csv = (await server.GetAsync("/scheduler/graph/csv")).Body;
        Assert.Contains(",off,fresh,idle\n", csv, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(JobRoutesTests.Prefixes), MemberType = typeof(JobRoutesTests))]
    public async Task MarkSuccess_KnownAndUnknownJob_Is200Text(string prefix)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateChildAsync("b", "[\"a\"]");

        var known = await server.SendAsync("PUT", $"{prefix}/job/success/a");
        var unknown = await server.SendAsync("PUT", $"{prefix}/job/success/none");

        Assert.Equal((200, "marked job a as successful: true"), (known.Status, known.Body));
        Assert.Equal((200, "marked job none as successful: false"), (unknown.Status, unknown.Body));
        Assert.StartsWith("text/plain", known.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Equal(1, server.Node.Jobs.Find("a")!.State.Counters.SuccessCount);
        await server.WhenAsync(() => server.Engine.Launches.Any(l => l.Job.Name == "b"));
    }

    [Theory, MemberData(nameof(JobRoutesTests.Prefixes), MemberType = typeof(JobRoutesTests))]
    public async Task Kill_AStartingRun_EndsIt(string prefix)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a");
        var launch = await server.LaunchAsync("a");

        var answer = await server.SendAsync("DELETE", $"{prefix}/task/kill/a");

        Assert.Equal((204, ""), (answer.Status, answer.Body));
        await server.WhenAsync(() => server.Node.Jobs.FindByActiveRun(launch.Id.Run) is null);
        Assert.Equal([launch.Id], server.Engine.Kills);
        Assert.Equal(204, (await server.SendAsync("DELETE", $"{prefix}/task/kill/a")).Status);
    }

    [Fact]
    public async Task ClearQueues_WaitingAndRunning_DropsOnlyWhatWaits()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b");
        var failing = await server.LaunchAsync("a");
        var going = await server.LaunchAsync("b");
        server.Engine.Report(failing, AttemptPhase.Failed);
        await server.WhenAsync(() => server.Node.Jobs.Find("a")!.State.ActiveRuns[0].RetryAt is not null);

        var answer = await server.SendAsync("DELETE", "/scheduler/task/all");

        Assert.Equal((204, ""), (answer.Status, answer.Body));
        Assert.Null(server.Node.Jobs.FindByActiveRun(failing.Id.Run));
        Assert.NotNull(server.Node.Jobs.FindByActiveRun(going.Id.Run));
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("RUN")]
    [InlineData("ATTEMPT")]
    public async Task Callback_OfAnAsyncJob_EndsItsRun(string form)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a", ",\"async\":true,\"arguments\":[\"x/y:1\"]");
        var launch = await server.LaunchAsync("a");
        server.Engine.Report(launch, AttemptPhase.Running, server.Clock.GetCurrentInstant());
        server.Engine.Report(launch, AttemptPhase.Finished, null, server.Clock.GetCurrentInstant());
        await server.WhenAsync(() => server.Node.Jobs.Find("a")!.State.ActiveRuns[0].AwaitsCallback);
        var id = form switch
        {
            "RUN" => launch.Id.Run.ToString(),
            "ATTEMPT" => launch.Id.ToString(),
            _ => launch.TaskId,
        };
        var path = $"/scheduler/task/{Uri.EscapeDataString(id)}";

        var answer = await server.SendAsync("PUT", path, """{"statusCode":"0"}""", "application/json");
        var again = await server.SendAsync("PUT", path, """{"statusCode":0}""", "application/json");

        Assert.Equal("204 ", $"{answer.Status} {answer.Body}");
        Assert.Equal("204 ", $"{again.Status} {again.Body}");
        Assert.Equal(1, server.Node.Jobs.Find("a")!.State.Counters.SuccessCount);
    }

    [Fact]
    public async Task Callback_OfAnEarlierAttempt_DoesNotTouchTheRetry()
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a", ",\"async\":true,\"retryDelay\":\"PT0S\"");
        var first = await server.LaunchAsync("a");
        server.Engine.Report(first, AttemptPhase.Failed);
        await server.WhenAsync(() => server.Engine.Launches.Count == 2);
        await server.WhenAsync(() => server.Node.Jobs.Find("a")!.State.ActiveRuns[0].Attempt == 2);

        var late = await server.SendAsync(
            "PUT", $"/scheduler/task/{Uri.EscapeDataString(first.TaskId)}", """{"statusCode":0}""", "application/json");

        Assert.Equal(204, late.Status);
        Assert.NotNull(server.Node.Jobs.FindByActiveRun(first.Id.Run));
        Assert.EndsWith(":1:a:", server.Engine.Launches[1].TaskId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ct:1420843781398:0:a:", """{"statusCode":0}""", "Task id ct:1420843781398:0:a: not found")]
    [InlineData("nonsense", """{"statusCode":0}""", "Task id nonsense not found")]
    [InlineData("ct:99999999999999999:0:a:", """{"statusCode":0}""", "Task id ct:99999999999999999:0:a: not found")]
    [InlineData("nonsense", "{}", "statusCode")]
    [InlineData("nonsense", """{"statusCode":"x"}""", "statusCode")]
    [InlineData("nonsense", "nonsense", "The body is not well-formed JSON")]
    public async Task Callback_Wrong_Is400(string id, string body, string message)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a");

        var answer = await server.SendAsync(
            "PUT", $"/scheduler/task/{Uri.EscapeDataString(id)}", body, "application/json");

        Assert.Equal(400, answer.Status);
        Assert.StartsWith($"{{\"message\":\"{message}", answer.Body, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(JobRoutesTests.Prefixes), MemberType = typeof(JobRoutesTests))]
    public async Task Progress_OfARunningTask_AddsUp(string prefix)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a", ",\"dataProcessingJobType\":true");
        var launch = await server.LaunchAsync("a");
        var path = $"{prefix}/job/a/task/{Uri.EscapeDataString(launch.TaskId)}/progress";

        Assert.Equal(204, (await server.PostJsonAsync(path, """{"numAdditionalElementsProcessed":5}""")).Status);
        Assert.Equal(204, (await server.PostJsonAsync(path, """{"numAdditionalElementsProcessed":"0"}""")).Status);
        Assert.Equal(204, (await server.PostJsonAsync(path, "{}")).Status);
        Assert.Equal(204, (await server.PostJsonAsync(path, """{"numAdditionalElementsProcessed":7}""")).Status);

        Assert.Contains("\"numElementsProcessed\":12",
            (await server.GetAsync($"{prefix}/job/stat/a")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "TASK", "{}", "JobSchedule 'none' not found")]
    [InlineData("plain", "TASK", "{}", "Job 'plain' does not have dataProcessingJobType set")]
    [InlineData("a", "TASK", """{"numAdditionalElementsProcessed":-1}""", "numAdditionalElementsProcessed")]
    [InlineData("a", "ct:1:0:a:", """{"numAdditionalElementsProcessed":1}""", "Task id ct:1:0:a: not found")]
    [InlineData("a", "x", """{"numAdditionalElementsProcessed":1}""", "Task id x not found")]
    [InlineData("other", "TASK", """{"numAdditionalElementsProcessed":1}""", "Task id ")]
    public async Task Progress_Wrong_Is400(string job, string task, string body, string message)
    {
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("plain");
        await server.CreateAsync("other", ",\"dataProcessingJobType\":true");
        await server.CreateAsync("a", ",\"dataProcessingJobType\":true");
        var launch = await server.LaunchAsync("a");
        var id = task == "TASK" ? launch.TaskId : task;

        var answer = await server.PostJsonAsync(
            $"/scheduler/job/{job}/task/{Uri.EscapeDataString(id)}/progress", body);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith($"{{\"message\":\"{message}", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statistics_AfterRuns_AreAsTheOriginal()
    {
        // The run lasts 65 s from its due time; the second one goes on.
        await using var server = await CompatibleServer.StartAsync();
        await server.CreateAsync("a", ",\"arguments\":[\"-a\",\"1\"],\"concurrent\":true");
        var first = await server.LaunchAsync("a");
        await server.FinishAsync(first, Duration.FromSeconds(65));
        var second = await server.LaunchAsync("a", "?arguments=now");
        server.Engine.Report(second, AttemptPhase.Running, server.Clock.GetCurrentInstant());
        await server.WhenAsync(() => server.Node.Jobs.Find("a")!.State.ActiveRuns[0].State == RunState.Running);

        var answer = await server.GetAsync("/scheduler/job/stat/a");

        const string times = "\"75thPercentile\":65000.0,\"95thPercentile\":65000.0,\"98thPercentile\":65000.0,"
            + "\"99thPercentile\":65000.0,\"median\":65000.0,\"mean\":65000.0,\"count\":1";
        Assert.Equal("{\"histogram\":{" + times + "},\"taskStatHistory\":["
            + "{\"taskId\":\"ct:1420843846398:0:a:now\",\"jobName\":\"a\",\"slaveId\":\"agent-1\","
            + "\"startTime\":\"01/09/15 22:50:46\",\"endTime\":\"N/A\",\"status\":\"Running\"},"
            + "{\"taskId\":\"ct:1420843781398:0:a:-a 1\",\"jobName\":\"a\",\"slaveId\":\"agent-1\","
            + "\"startTime\":\"01/09/15 22:49:41\",\"endTime\":\"01/09/15 22:50:46\",\"duration\":\"1m5s\","
            + "\"status\":\"Success\"}]}", answer.Body);
    }

    [Fact]
    public async Task Statistics_MoreRunsThanTheLimit_ShowTheNewest()
    {
        await using var server = await CompatibleServer.StartAsync(o => o.JobHistoryLimit = 2);
        await server.CreateAsync("a");
        for (var i = 0; i < 3; i++) await server.FinishAsync(await server.LaunchAsync("a"), Duration.FromSeconds(1));

        var answer = await server.GetAsync("/scheduler/job/stat/a");

        Assert.DoesNotContain("ct:1420843781398:", answer.Body, StringComparison.Ordinal);
        Assert.Contains("ct:1420843782398:", answer.Body, StringComparison.Ordinal);
        Assert.Contains("\"count\":3", answer.Body, StringComparison.Ordinal);
    }
}
