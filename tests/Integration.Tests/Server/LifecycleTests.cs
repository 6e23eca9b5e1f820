using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Chronos.Testing;
using Xunit;

namespace Chronos.Integration.Tests.Server;

/// <summary>Real servers that are killed, stopped and started again, with tasks that run meanwhile.</summary>
public sealed class LifecycleTests : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Serve_Demo_RunsJobsWithLogsWithinFifteenSeconds()
    {
        await using var server = await ServerProcess.StartAsync(folder.Path, "--demo");
        var deadline = DateTime.UtcNow.AddSeconds(15);

        string log;
        do
        {
            Assert.True(DateTime.UtcNow < deadline, "Nothing had run and logged after 15 s.");
            await Task.Delay(100);
            var runs = await server.GetAsync("/v1/runs?state=succeeded&limit=1");
            log = runs.GetProperty("items").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } run
                ? await LogOf(server, run.GetProperty("id").GetString())
                : "";
        }
        while (log.Length == 0);

        await server.TerminateAsync();
        Assert.Equal(0, server.ExitCode);
    }

    [Fact]
    public async Task Kill_TaskRuns_GoesOnAndItsOutputAndExitCodeArrive()
    {
        var server = await ServerProcess.StartAsync(folder.Path);
        var gate = folder.File("gate");
        var run = await StartAsync(
            server, "long", $"echo before; while [ ! -e {gate} ]; do sleep 0.05; done; echo after; exit 3");
        await Wait.UntilAsync(async () => (await LogOf(server, run)).Contains("before", StringComparison.Ordinal));

        await server.KillAsync();
        await server.DisposeAsync();
        server = await ServerProcess.StartAsync(folder.Path);
        Assert.Equal("running", await StateOf(server, run));
        await File.WriteAllTextAsync(gate, "");
        await Wait.UntilAsync(async () => await StateOf(server, run) == "failed");

        var attempt = Assert.Single(
            (await server.GetAsync($"/v1/runs/{run}")).GetProperty("attempts").EnumerateArray());
        Assert.Equal(3, attempt.GetProperty("exitCode").GetInt32());
        Assert.Equal("before\nafter\n", await LogOf(server, run));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Kill_TaskEndsWhileTheServerIsAway_EndArrives()
    {
        var server = await ServerProcess.StartAsync(folder.Path);
        var (gate, done) = (folder.File("gate"), folder.File("done"));
        var run = await StartAsync(server, "away", $"while [ ! -e {gate} ]; do sleep 0.05; done; echo x >> {done}");
        await Wait.UntilAsync(async () => await StateOf(server, run) == "running");

        await server.KillAsync();
        await server.DisposeAsync();
        await File.WriteAllTextAsync(gate, "");
        await Wait.UntilAsync(() => File.Exists(done));
        server = await ServerProcess.StartAsync(folder.Path);

        await Wait.UntilAsync(async () => await StateOf(server, run) == "succeeded");
        Assert.Equal("x\n", await File.ReadAllTextAsync(done));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Terminate_TaskRuns_LeavesItRunningAndSaysSo()
    {
        var server = await ServerProcess.StartAsync(folder.Path);
        var gate = folder.File("gate");
        var run = await StartAsync(server, "stays", $"while [ ! -e {gate} ]; do sleep 0.05; done");
        await Wait.UntilAsync(async () => await StateOf(server, run) == "running");

        await server.TerminateAsync();

        Assert.Equal(0, server.ExitCode);
        Assert.Contains("1 task", server.Output, StringComparison.Ordinal);
        await using var next = await ServerProcess.StartAsync(folder.Path);
        Assert.Equal("running", await StateOf(next, run));
        await File.WriteAllTextAsync(gate, "");
        await Wait.UntilAsync(async () => await StateOf(next, run) == "succeeded");
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Terminate_WithDrain_WaitsForTheTask()
    {
        var server = await ServerProcess.StartAsync(folder.Path, "--drain");
        var done = folder.File("done");
        var run = await StartAsync(server, "drained", $"sleep 2; echo x > {done}");
        await Wait.UntilAsync(async () => await StateOf(server, run) == "running");

        await server.TerminateAsync();

        Assert.True(File.Exists(done));
        Assert.Equal(0, server.ExitCode);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Serve_FolderInUse_IsRefusedNamingTheOther()
    {
        await using var first = await ServerProcess.StartAsync(folder.Path);

        await using var second = await ServerProcess.RunToEndAsync(folder.Path);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains(first.Id.ToString(), second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_DatabaseDamaged_IsRefusedAndNothingIsOverwritten()
    {
        var server = await ServerProcess.StartAsync(folder.Path);
        for (var i = 0; i < 50; i++)
            await server.SendAsync(
                HttpMethod.Put, $"/v1/jobs/job-{i}", new { name = $"job-{i}", command = new string('x', 900) });
        await server.TerminateAsync();
        await server.DisposeAsync();
        var file = folder.File("chronos.db");
        var bytes = await File.ReadAllBytesAsync(file);
        for (var i = 4096; i < bytes.Length; i += 8192) Encoding.ASCII.GetBytes("garbage").CopyTo(bytes, i);
        await File.WriteAllBytesAsync(file, bytes);

        await using var next = await ServerProcess.RunToEndAsync(folder.Path);

        Assert.Equal(1, next.ExitCode);
        Assert.Contains("chronos.db", next.Output, StringComparison.Ordinal);
        Assert.Equal(bytes.Length, new FileInfo(file).Length);
    }

    [Fact]
    public async Task Put_JobOfTenMegabytes_IsRefusedByItsFieldAndChangesNothing()
    {
        await using var server = await ServerProcess.StartAsync(folder.Path);

        using var response = await server.Client.PutAsJsonAsync(
            "/v1/jobs/big", new { name = "big", command = new string('x', 10 * 1024 * 1024) });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("command", problem.GetProperty("violations")[0].GetProperty("field").GetString());
        Assert.Equal(0, (await server.GetAsync("/v1/jobs")).GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Bulk_HundredThousandJobs_AreThereAfterARestart()
    {
        const int count = 100_000;
        var server = await ServerProcess.StartAsync(folder.Path);
        var jobs = Enumerable.Range(0, count)
            .Select(i => new { name = $"job-{i:000000}", schedule = "0 0 1 1 *", command = "true" });
        await server.SendAsync(HttpMethod.Post, "/v1/jobs:bulk", jobs);
        await server.KillAsync();
        await server.DisposeAsync();

        await using var next = await ServerProcess.StartAsync(folder.Path);

        var page = await next.GetAsync("/v1/jobs?limit=1&name=job-099999");
        Assert.Equal("job-099999", page.GetProperty("items")[0].GetProperty("name").GetString());
        Assert.Equal(count, (await next.GetAsync("/v1/jobs?limit=1")).GetProperty("total").GetInt32());
    }

    private static async Task<string> StartAsync(ServerProcess server, string name, string command)
    {
        await server.SendAsync(HttpMethod.Put, $"/v1/jobs/{name}", new { name, command, retries = 0 });
        var run = await server.SendAsync(HttpMethod.Post, $"/v1/jobs/{name}/runs", new { });
        return run?.GetProperty("id").GetString() ?? throw new InvalidOperationException("The run has no id.");
    }

    private static async Task<string> StateOf(ServerProcess server, string run) =>
        (await server.GetAsync($"/v1/runs/{run}")).GetProperty("state").GetString() ?? "";

    private static async Task<string> LogOf(ServerProcess server, string? run)
    {
        using var response = await server.Client.GetAsync($"/v1/runs/{run}/logs/stdout");
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : "";
    }
}
