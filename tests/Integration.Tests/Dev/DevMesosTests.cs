using Chronos.Integration.Tests.Server;
using Chronos.Testing;
using Xunit;

namespace Chronos.Integration.Tests.Dev;

/// <summary><c>chronos dev mesos</c> as a user without a cluster runs it.</summary>
public sealed class DevMesosTests : IDisposable
{
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Cluster_RunsTheJobsOfAServer_AndEndsWithAllItStarted()
    {
        await using var cluster = await DevMesosProcess.StartAsync(
            "--port", "0", "--agents", "2", "--work-dir", folder.File("agents"));
        Assert.Contains("Each of its agents, 2 in number, offers 2 cpus and 2048 MiB.", cluster.Output);
        Assert.Contains($"in {folder.File("agents")}; containers do not.", cluster.Output);
        Assert.Contains("leads", cluster.Output);

        await using (var server = await ServerProcess.StartAsync(folder.Path, "--master", cluster.Master))
        {
            await PutAsync(server, "hello", "echo hello from $MESOS_SLAVE_ID");
            var run = await RunAsync(server, "hello");
            await Wait.UntilAsync(async () =>
                (await server.GetAsync($"/v1/runs/{run}")).GetProperty("state").GetString() == "succeeded");
            Assert.StartsWith("hello from ", await server.Client.GetStringAsync($"/v1/runs/{run}/logs/stdout"));
            await PutAsync(server, "endless", "sleep 100000");
            await RunAsync(server, "endless");
            await Wait.UntilAsync(IsSleeping);
        }

        await cluster.TerminateAsync();

        Assert.Equal(0, cluster.ExitCode);
        await Wait.UntilAsync(() => !IsSleeping());
    }

    [Fact]
    public async Task PortInUse_SaysWhatToDo()
    {
        await using var first = await DevMesosProcess.StartAsync("--port", "0", "--pretend");
        var port = first.Master.Split(':')[1];

        await using var second = await DevMesosProcess.RunToEndAsync("--port", port);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains(
            $"127.0.0.1:{port}: address already in use. Another program listens there: end it, or choose another port "
            + "with --port; 0 takes any that is free.",
            second.Output);
    }

    [Theory]
    [InlineData("--agents is 0; it may be 1 to 10000.", "--agents", "0")]
    [InlineData("--port is 65535 with 2 masters on ports in a row; it may be 65534 at most.",
        "--port", "65535", "--masters", "2")]
    [InlineData(
        "There is no kind of fault 'weather'; choose from all, events, calls, latency, streams, agents, masters.",
        "--faults", "events,weather")]
    [InlineData("--cpus must be a number above 0.", "--cpus", "-1")]
    [InlineData("The ZooKeeper address must begin with 'zk://'", "--zk", "localhost:2181")]
    public async Task Option_Wrong_SaysTheRule(string message, params string[] arguments)
    {
        await using var process = await DevMesosProcess.RunToEndAsync(arguments);

        Assert.Equal(2, process.ExitCode);
        Assert.Contains(message, process.Output);
    }

    [Fact]
    public async Task Masters_Several_AreAllNamed()
    {
        await using var cluster = await DevMesosProcess.StartAsync("--port", "0", "--masters", "3", "--pretend");

        Assert.Equal(3, cluster.Master.Split(',').Length);
        Assert.Contains("Tasks are only played.", cluster.Output);
    }

    [Fact]
    public async Task Help_NamesOptionsAndExamples()
    {
        await using var process = await DevMesosProcess.RunToEndAsync("--help");

        Assert.Equal(0, process.ExitCode);
        foreach (var text in new[] { "--agents", "--masters", "--port", "--zk", "--faults", "--seed", "Examples:" })
            Assert.Contains(text, process.Output);
    }

    private static async Task PutAsync(ServerProcess server, string job, string command) => await server.SendAsync(
        HttpMethod.Put, $"/v1/jobs/{job}", new { command, cpus = 0.1, mem = 32 });

    private static async Task<string?> RunAsync(ServerProcess server, string job) =>
        (await server.SendAsync(HttpMethod.Post, $"/v1/jobs/{job}/runs", new { }))?.GetProperty("id").GetString();

    private bool IsSleeping() => Directory.GetDirectories("/proc").Any(process =>
        IsReadable(Path.Combine(process, "cmdline"), out var command)
        && command.StartsWith("sleep\0100000", StringComparison.Ordinal)
        && IsReadable(Path.Combine(process, "environ"), out var environment) && environment.Contains(folder.Path));

    private static bool IsReadable(string file, out string text)
    {
        try
        {
            text = File.ReadAllText(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            text = ""; // not a process, or one that ended meanwhile
            return false;
        }
    }
}
