using System.Net;
using System.Text.Json;
using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Agents;
using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>Files: the sandboxes of tasks that really run, as agents show them.</summary>
public sealed class FilesTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-simulator-").FullName;
    private SimulatedCluster cluster = null!; // set before each test
    private TestScheduler scheduler = null!; // set before each test

    private SimulatedAgent Agent => cluster.Agents[0];

    public async ValueTask InitializeAsync()
    {
        cluster = await SimulatedCluster.StartAsync(
            new() { TimeScale = 50, Agents = 1, WorkDirectory = folder, CompletedRunsMax = 2 });
        scheduler = await TestScheduler.SubscribeAsync(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await scheduler.DisposeAsync();
        await cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Read_ByTheVirtualPath_GivesText()
    {
        await RunToEndAsync("t", "printf 'one \"two\"\\nthree'; echo bad >&2");

        Assert.Equal("one \"two\"\nthree", await TextAsync("t", "stdout"));
        Assert.Equal("bad\n", await TextAsync("t", "stderr"));
    }

    [Fact]
    public async Task Read_FromOffsets_IsThatPart()
    {
        await RunToEndAsync("t", "printf 0123456789");

        var size = await ReadAsync("t", "stdout", "&offset=-1");
        Assert.Equal((10, ""), (size.GetProperty("offset").GetInt32(), size.GetProperty("data").GetString()));
        var part = await ReadAsync("t", "stdout", "&offset=3&length=4");
        Assert.Equal((3, "3456"), (part.GetProperty("offset").GetInt32(), part.GetProperty("data").GetString()));
        var past = await ReadAsync("t", "stdout", "&offset=99");
        Assert.Equal((99, ""), (past.GetProperty("offset").GetInt32(), past.GetProperty("data").GetString()));
    }

    [Fact]
    public async Task Read_LargeFile_IsCappedAt64KiB()
    {
        await RunToEndAsync("t", "head -c 100000 /dev/zero | tr '\\0' x");

        var part = await ReadAsync("t", "stdout", "&offset=0&length=100000");

        Assert.Equal(65536, part.GetProperty("data").GetString()?.Length);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest, "Expecting 'path=value' in query.\n")]
    [InlineData("?path=/nowhere", HttpStatusCode.NotFound, "")]
    [InlineData("?path=SANDBOX/nothing&offset=0", HttpStatusCode.NotFound, "")]
    [InlineData("?path=SANDBOX&offset=0", HttpStatusCode.BadRequest, "Cannot read a directory.\n")]
    public async Task Read_Impossible_SaysWhy(string query, HttpStatusCode status, string text)
    {
        await RunToEndAsync("t", "true");

        var answer = await GetAsync("/files/read" + query.Replace("SANDBOX", Sandbox("t")));

        Assert.Equal((status, text), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("offset=many")]
    [InlineData("offset=-2")]
    [InlineData("offset=0&length=-7")]
    public async Task Read_BadNumber_IsRefused(string query)
    {
        await RunToEndAsync("t", "true");

        var answer = await GetAsync($"/files/read?path={Sandbox("t")}/stdout&{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task Browse_ListsInOrderWithModes()
    {
        await RunToEndAsync("t", "mkdir below; echo 1234 > a.txt");

        var entries = JsonElement.Parse((await GetAsync($"/files/browse?path={Sandbox("t")}")).Body)
            .EnumerateArray().ToList();

        Assert.Equal(
            ["a.txt", "below", "stderr", "stdout"],
            entries.Select(entry => entry.GetProperty("path").GetString()!.Split('/')[^1]));
        Assert.Equal("-rw-r--r--", entries[0].GetProperty("mode").GetString());
        Assert.Equal(5, entries[0].GetProperty("size").GetInt32());
        Assert.Equal("drwxr-xr-x", entries[1].GetProperty("mode").GetString());
    }

    [Fact]
    public async Task Download_GivesBytes()
    {
        await RunToEndAsync("t", "printf '\\000\\377'");

        var answer = await GetAsync($"/files/download?path={Sandbox("t")}/stdout");

        Assert.Equal("application/octet-stream", answer.Headers["Content-Type"]);
        Assert.Equal("2", answer.Headers["Content-Length"]);
    }

    [Fact]
    public async Task ReadFile_TheNewerCall_GivesBase64AndSize()
    {
        await RunToEndAsync("t", "printf hello");

        var answer = await RawHttp.PostAsync(
            new($"http://127.0.0.1:{Agent.Port}/api/v1"),
            $$$"""{"type":"READ_FILE","read_file":{"path":"{{{Sandbox("t")}}}/stdout","offset":1}}""");

        Assert.Equal(
            """{"type":"READ_FILE","read_file":{"size":5,"data":"ZWxsbw=="}}""", answer.Body);
    }

    [Fact]
    public async Task State_NamesTheDirectory_WhoseFilesAreTheSame()
    {
        await RunToEndAsync("t", "printf hello");

        var state = JsonElement.Parse((await GetAsync("/state")).Body);

        var run = state.GetProperty("frameworks")[0].GetProperty("completed_executors")[0];
        var directory = run.GetProperty("directory").GetString();
        Assert.Contains("hello", (await GetAsync($"/files/read?path={directory}/stdout&offset=0")).Body);
    }

    [Fact]
    public async Task Files_OfTooManyLaterRuns_AreCollected()
    {
        await RunToEndAsync("1", "printf hello");
        await RunToEndAsync("2", "printf hello");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync($"/files/read?path={Sandbox("1")}/stdout&offset=0")).Status);

        await RunToEndAsync("3", "printf hello");

        var gone = await GetAsync($"/files/read?path={Sandbox("1")}/stdout&offset=0");
        Assert.Equal((HttpStatusCode.NotFound, ""), (gone.Status, gone.Body));
        await ReadAsync("3", "stdout", "&offset=0");
    }

    [Fact]
    public async Task Environment_IsThatOfAnAgent()
    {
        await RunToEndAsync("t", "env; pwd");

        var lines = (await TextAsync("t", "stdout")).TrimEnd('\n').Split('\n');
        var variables = lines.Where(line => line.Contains('=')).Select(line => line.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(scheduler.FrameworkId, variables["MESOS_FRAMEWORK_ID"]);
        Assert.Equal("t", variables["MESOS_EXECUTOR_ID"]);
        Assert.Equal(Agent.Id, variables["MESOS_SLAVE_ID"]);
        Assert.Equal($"slave(1)@127.0.0.1:{Agent.Port}", variables["MESOS_SLAVE_PID"]);
        Assert.Equal($"127.0.0.1:{Agent.Port}", variables["MESOS_AGENT_ENDPOINT"]);
        Assert.Equal(lines[^1], variables["MESOS_SANDBOX"]);
        Assert.Equal(lines[^1], variables["MESOS_DIRECTORY"]);
        Assert.Equal(("1", "15mins"), (variables["MESOS_CHECKPOINT"], variables["MESOS_RECOVERY_TIMEOUT"]));
        Assert.Equal("2secs", variables["MESOS_SUBSCRIPTION_BACKOFF_MAX"]);
        Assert.Equal("5secs", variables["MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD"]);
        Assert.DoesNotContain("HOME", variables.Keys); // nothing of the agent's own is passed on
    }

    [Fact]
    public async Task Failure_ExitCodeAndSignal_AreTold()
    {
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer, "exit 7"));

        var end = await scheduler.FollowAsync(
            "t", TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFailed);

        Assert.Equal("Command exited with status 7", end.Message);
    }

    [Fact]
    public async Task Kill_ProcessThatListens_EndsPolitely()
    {
        await scheduler.RunAsync("t", "sleep 1000");

        await scheduler.KillAsync("t");

        var end = await scheduler.FollowAsync("t", TaskState.TaskKilling, TaskState.TaskKilled);
        Assert.Equal("Command terminated with signal Terminated", end.Message);
    }

    [Fact]
    public async Task Kill_ProcessThatDoesNot_EndsAfterItsGrace()
    {
        var offer = await scheduler.OfferAsync();
        var task = TestScheduler.NewTask("t", offer, "trap '' TERM; echo ready; while true; do sleep 0.01; done");
        task.KillPolicy = new() { GracePeriod = new() { Nanoseconds = 100_000_000 } };
        await scheduler.LaunchAsync(offer, task);
        await scheduler.FollowAsync("t", TaskState.TaskStarting, TaskState.TaskRunning);
        await WaitForOutputAsync("t", "ready");

        await scheduler.KillAsync("t");

        var end = await scheduler.FollowAsync("t", TaskState.TaskKilling, TaskState.TaskKilled);
        Assert.Equal("Command terminated with signal Killed", end.Message);
    }

    private string Sandbox(string taskId) => $"/frameworks/{scheduler.FrameworkId}/executors/{taskId}/runs/latest";

    private Task<RawAnswer> GetAsync(string path) => RawHttp.GetAsync(new($"http://127.0.0.1:{Agent.Port}{path}"));

    private async Task<JsonElement> ReadAsync(string taskId, string file, string query)
    {
        var answer = await GetAsync($"/files/read?path={Sandbox(taskId)}/{file}{query}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return JsonElement.Parse(answer.Body);
    }

    private async Task<string> TextAsync(string taskId, string file) =>
        (await ReadAsync(taskId, file, "&offset=0")).GetProperty("data").GetString() ?? "";

    private async Task WaitForOutputAsync(string taskId, string text)
    {
        using var late = new CancellationTokenSource(TestScheduler.Patience);
        while (!(await GetAsync($"/files/read?path={Sandbox(taskId)}/stdout&offset=0")).Body.Contains(text))
            await Task.Delay(10, late.Token);
    }

    private async Task RunToEndAsync(string taskId, string command)
    {
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask(taskId, offer, command));
        await scheduler.FollowAsync(taskId, TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFinished);
    }
}
