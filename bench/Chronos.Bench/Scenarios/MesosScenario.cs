using System.Diagnostics;
using Chronos.Bench.Ours;
using Chronos.Core.Jobs;
using Chronos.Mesos.Detection;
using Chronos.Mesos;
using Chronos.MesosSimulator;
using Chronos.Runtime.Leadership;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Chronos.Bench.Scenarios;

/// <summary>Tasks per second through one framework on a simulated cluster of a thousand agents in this process. The
/// cluster plays the tasks, which end at once, but speaks the protocol of the real one, so it takes its share of the
/// processors: about half.</summary>
internal static class MesosScenario
{
    public const int DefaultTasks = 50_000;
    private const int Rounds = 4; // the first warms up
    private const int Agents = 1_000;

    private static readonly Job True = new()
    {
        Name = "true", Command = "true", Resources = new(0.1, 32, 1),
    };

    public static async Task RunAsync(Table table, int tasks)
    {
        await using var cluster = await SimulatedCluster.StartAsync(Cluster(isTalkative: false));
        table.Add("tasks launched and ended on Mesos, each with one status", Table.Rate(
            await EngineAsync(cluster, tasks)), aim: "5,000/s");
        await using var talkative = await SimulatedCluster.StartAsync(Cluster(isTalkative: true));
        table.Add("the same, with the three statuses of a command", Table.Rate(await EngineAsync(talkative, tasks)));
        table.Add("runs of jobs, durable with history on disk, three statuses", Table.Rate(
            await NodeAsync(talkative, tasks)));
    }

    private static ClusterOptions Cluster(bool isTalkative) => new()
    {
        Agents = Agents,
        Agent = static _ => new() { Cpus = 16, Mem = 65536, Disk = 65536, Ports = 0 },
        Script = _ => new() { IsTalkative = isTalkative },
        AllocationInterval = TimeSpan.FromMilliseconds(100),
    };

    private static async Task<double> EngineAsync(SimulatedCluster cluster, int tasks)
    {
        await using var engine = NewEngine(cluster);
        var run = new TaskRun(engine, True);
        await engine.ConnectAsync(
            null, new(run.Take, static _ => Task.CompletedTask, LeadershipTerm.Alone(1)), CancellationToken.None);
        await engine.ReconcileAsync([], CancellationToken.None);
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var clock = Stopwatch.GetTimestamp();
            await run.RunAsync(tasks);
            rates.Add(tasks / Stopwatch.GetElapsedTime(clock).TotalSeconds);
        }

        return Table.Median(rates.Skip(1));
    }

    private static async Task<double> NodeAsync(SimulatedCluster cluster, int tasks)
    {
        var folder = Directory.CreateTempSubdirectory("chronos-bench-").FullName;
        try
        {
            await using var engine = NewEngine(cluster);
            await using var node = await BenchNode.StartAsync(engine, folder);
            var due = SystemClock.Instance.GetCurrentInstant() + Duration.FromSeconds(3 + (tasks / 25_000.0));
            await node.PutAsync(tasks, i => BenchNode.Repeating(i, due, "PT1H") with { Resources = True.Resources });
            await MeasureStart.WaitUntilAsync(due);
            do await Task.Delay(20); while (node.Node.Jobs.ActiveRunCount > 0);
            return tasks / (SystemClock.Instance.GetCurrentInstant() - due).TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static MesosEngine NewEngine(SimulatedCluster cluster) => new(
        new() { Master = new MasterSetting.Addresses([cluster.Masters[0].Address]) }, TimeProvider.System,
        NullLoggerFactory.Instance);
}
