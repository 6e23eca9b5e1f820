using System.Diagnostics;
using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator;
using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>A client that this project did not write, mesos-go, gets along with the simulated cluster.</summary>
public sealed class MesosGoTests : IAsyncLifetime
{
    private const string Sources = "/usr/share/gocode";
    private const int Tasks = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10); // compiling on a busy machine
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-mesos-go-").FullName;

    private string Program => Path.Join(folder, "mesosgo");

    public async ValueTask InitializeAsync()
    {
        if (!IsInstalled) return;
        var (code, output) = await RunAsync(
            "go", "build", "-o", Program, Path.Join(AppContext.BaseDirectory, "MesosGo", "main.go"));
        Assert.True(code == 0, output);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("protobuf")]
    public async Task MesosGo_LaunchesAcknowledgesKillsAndTearsDown(string codec)
    {
        Assert.SkipUnless(
            IsInstalled, "mesos-go is missing: apt-get install golang-go golang-github-mesos-mesos-go-dev");
        await using var cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 10 });

        var (code, output) = await RunAsync(
            Program, cluster.Masters[0].Address.At(RawHttp.SchedulerPath).ToString(), codec, $"{Tasks}");

        Assert.True(code == 0, output);
        var lines = output.TrimEnd('\n').Split('\n');
        Assert.Matches("^subscribed [0-9a-f-]{36}-0000$", lines[0]);
        string[] expected =
        [
            "endless TASK_KILLED", "endless TASK_RUNNING", "endless TASK_STARTING",
            .. Enumerable.Range(0, Tasks).SelectMany(i => new[]
            {
                $"task-{i} TASK_FINISHED", $"task-{i} TASK_RUNNING", $"task-{i} TASK_STARTING",
            }),
        ];
        Assert.Equal(expected.Order(), lines.Skip(1).Order()); // each once: all were acknowledged in time
        Assert.Equal(Tasks, cluster.Tasks.Ended(TaskState.TaskFinished));
        Assert.Equal(0, cluster.Tasks.Active);
        var page = await RawHttp.GetAsync(RawHttp.At(cluster, "/frameworks"));
        Assert.Contains("\"frameworks\":[],\"completed_frameworks\":[{", page.Body);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static bool IsInstalled =>
        File.Exists("/usr/bin/go") && Directory.Exists($"{Sources}/src/github.com/mesos/mesos-go");

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GO111MODULE"] = "off"; // the sources of the package, and nothing from the network
        start.Environment["GOPATH"] = Sources;
        start.Environment["GOFLAGS"] = "";
        start.Environment["CGO_ENABLED"] = "0"; // no C compiler is needed
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end.");
        }

        return (process.ExitCode, await output + await error);
    }
}
