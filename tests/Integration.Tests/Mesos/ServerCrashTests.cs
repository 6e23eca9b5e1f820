using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Chronos.Integration.Tests.Server;
using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace Chronos.Integration.Tests.Mesos;

/// <summary>
/// Kills a real server with SIGKILL at random moments while its jobs fire on a simulated Mesos cluster, which goes on
/// meanwhile. Every occurrence has run exactly once on an agent, or is recorded as skipped or missed with a reason; the
/// framework stays the same one; and nothing is left on the cluster.
/// </summary>
public sealed class ServerCrashTests(ITestOutputHelper output)
{
    private const int Jobs = 100;
    private const int Kills = 10;
    private static readonly string[] MissedModes = ["none", "latest", "all"];
    private static readonly string[] Overlaps = ["allow", "skip", "queue"];

    [Fact]
    public async Task Server_KilledWhileItsJobsRunOnMesos_DecidesEveryOccurrenceOnce()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        using var folder = new DataFolder();
        await using var cluster = await SimulatedCluster.StartAsync(new() { Agents = 10, TimeScale = 10 });
        var started = new ConcurrentBag<TaskStart>();
        cluster.Tasks.OnStarted = task => started.Add(StartOf(task));
        string[] settings = ["--master", cluster.Masters[0].Address.ToString()];
        var start = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3);

        var server = await ServerProcess.StartAsync(folder.Path, settings);
        await server.SendAsync(HttpMethod.Post, "/v1/jobs:bulk", Definitions(start));
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(200, 2500)); // the random moment
            await server.KillAsync();
            await server.DisposeAsync();
            server = await ServerProcess.StartAsync(folder.Path, settings);
        }

        var audit = new OccurrenceAudit([.. Enumerable.Range(0, Jobs).Select(i => (Name(i), PeriodOf(i)))], start);
        var end = await audit.StopJobsAsync(server);
        var history = await audit.ReadHistoryAsync(server);
        await Wait.UntilAsync(() => cluster.Tasks.Active == 0);
        await server.TerminateAsync();
        await server.DisposeAsync();

        output.WriteLine(audit.Check(end, [.. started], history));
        Assert.Equal(1, await FrameworkCountAsync(cluster));
    }

    private static object[] Definitions(DateTimeOffset start) =>
    [
        .. Enumerable.Range(0, Jobs).Select(i => new
        {
            name = Name(i),
            schedule = string.Create(
                CultureInfo.InvariantCulture, $"R/{start:yyyy-MM-ddTHH:mm:ssZ}/PT{PeriodOf(i)}S"),
            command = i % 10 == 0 ? "sleep 1" : "sleep 0.05",
            cpus = 0.01,
            mem = 1,
            disk = 1,
            retries = 0,
            epsilon = "PT2S",
            missed = MissedModes[i % 3],
            concurrency = Overlaps[i / 3 % 3],
        }),
    ];

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"job-{i:000}");

    private static int PeriodOf(int i) => 2 + (i % 2);

    private static TaskStart StartOf(TaskInfo task)
    {
        var variables = task.Command.Environment.Variables.ToDictionary(v => v.Name, v => v.Value);
        return new(
            variables["CHRONOS_JOB_NAME"],
            DateTimeOffset.Parse(variables["CHRONOS_NOMINAL_TIME"], CultureInfo.InvariantCulture),
            task.TaskId.Value);
    }

    private static async Task<int> FrameworkCountAsync(SimulatedCluster cluster)
    {
        using var client = new HttpClient();
        using var page = JsonDocument.Parse(
            await client.GetStringAsync(cluster.Masters[0].Address.At("/master/frameworks")));
        return page.RootElement.GetProperty("frameworks").GetArrayLength()
            + page.RootElement.GetProperty("completed_frameworks").GetArrayLength();
    }
}
