using System.Collections.Concurrent;
using System.Diagnostics;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Integration.Tests.Server;
using Chronos.Integration.Tests.ZooKeeper;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator;
using Chronos.Runtime.Ports;
using Chronos.ZooKeeper;
using NodaTime;
using NodaTime.Text;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace Chronos.Integration.Tests.Mesos;

/// <summary>
/// A scheduler on disk runs jobs on a cluster in which everything fails all the time: events and calls get lost,
/// repeated, delayed and swapped, streams break inside a record, agents go out of reach, restart and burn down, masters
/// fail over through a real ZooKeeper, and the scheduler itself restarts. Every occurrence ends well and exactly once,
/// no task is started twice, and when the work ends nothing of it is left: not in the state store, not in the engine,
/// not on the cluster.
/// </summary>
public sealed class ClusterFaultTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3); // without any progress
    private static readonly string? JobsWanted = System.Environment.GetEnvironmentVariable("FAULT_TEST_JOBS");
    private readonly ConcurrentDictionary<string, int> starts = new();
    private readonly ConcurrentDictionary<string, bool> runs = new();

    [Fact]
    public Task Runs_EverythingFailsOn50Agents_EndExactlyOnce() => RunAsync(agents: 50, jobs: 400, occurrences: 5);

    // FAULT_TEST_JOBS=10000 makes it 100,000 runs, which want two processors for themselves.
    [Fact]
    public Task Runs_EverythingFailsOn1000Agents_EndExactlyOnce() =>
        RunAsync(agents: 1000, jobs: int.Parse(JobsWanted ?? "100"), occurrences: 10);

    private async Task RunAsync(int agents, int jobs, int occurrences)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        using var folder = new DataFolder();
        await using var zooKeeper = await ZooKeeperServer.StartAloneAsync();
        await using var cluster = await SimulatedCluster.StartAsync(Cluster(agents));
        await using var masters = new RegisteredMasters(cluster, new([zooKeeper.Address], "/", null));
        await masters.RegisterAsync();
        cluster.Tasks.OnStarted = Count;
        var address = new ZooKeeperAddress([zooKeeper.Address], RegisteredMasters.Path, null);
        var options = MesosNode.Quick(new MasterSetting.ZooKeeper(address));

        var node = await MesosNode.StartAsync(folder.Path, options);
        var began = Stopwatch.GetTimestamp();
        var start = SystemClock.Instance.GetCurrentInstant() + Duration.FromSeconds(5);
        await node.PutAsync(Enumerable.Range(0, jobs).Select(i => Repeating(i, start, occurrences)));
        using var calm = new CancellationTokenSource();
        var disturber = new Disturber(cluster, masters, seed);
        var disturbing = disturber.RunAsync(calm.Token);
        var total = (long)jobs * occurrences;
        for (var restarts = 0; restarts < 3; restarts++)
        {
            await Task.Delay(Period * occurrences / 4);
            await node.DisposeAsync();
            node = await MesosNode.StartAsync(folder.Path, options);
        }

        await UntilAsync(() => runs.Count > total * 0.9, () => starts.Count, Progress);
        await calm.CancelAsync();
        await disturbing;
        await UntilAsync(() => runs.Count == total, () => starts.Count, Progress);
        await UntilAsync(
            () => node.Scheduler.Jobs.ActiveRunCount == 0, () => node.Scheduler.Jobs.ActiveRunCount, Progress);
        await UntilAsync(
            () => node.Engine.TrackedCount == 0 && cluster.Tasks.Active == 0, () => node.Engine.TrackedCount, Progress);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        output.WriteLine($"{total} runs in {seconds:0} s, {starts.Count} tasks; "
            + string.Join(", ", disturber.Counts.Select(c => $"{c.Value} {c.Key}")));

        Check(await node.ReadHistoryAsync(), total);
        await node.DisposeAsync();
        await using var again = await MesosNode.StartAsync(folder.Path, options);
        Assert.Equal(0, again.Scheduler.Jobs.ActiveRunCount);

        string Progress() => $"{starts.Count} tasks of {runs.Count} of {total} runs, "
            + $"{node.Scheduler.Jobs.ActiveRunCount} active, {node.Engine.TrackedCount} tracked, "
            + $"{cluster.Tasks.Active} on the cluster; {node.Engine.Describe()}";
    }

    private void Count(TaskInfo task)
    {
        starts.AddOrUpdate(task.TaskId.Value, 1, static (_, count) => count + 1);
        runs[task.Labels.Labels_.Single(label => label.Key == "chronos_run").Value] = true;
    }

    private void Check(List<RunRecord> ended, long total)
    {
        Assert.Empty(starts.Where(start => start.Value > 1).Select(start => $"{start.Key} started {start.Value}×"));
        Assert.Empty(ended.Where(r => r.Run.State != RunState.Succeeded)
            .Select(r => $"{r.Run.Id} {r.Run.State}: {r.Run.Reason}").Take(10));
        Assert.Equal(total, ended.Count);
        Assert.Equal(total, ended.DistinctBy(r => (r.JobName, r.Run.Nominal)).Count());
        Assert.All(ended, r => Assert.Single(r.Run.Attempts, a => a.Outcome == RunState.Succeeded));
    }

    private static ClusterOptions Cluster(int agents) => new()
    {
        Masters = 2,
        Agents = agents,
        Agent = static _ => new() { Cpus = 4, Mem = 8192, Disk = 65536 },
        AgentReturnMax = TimeSpan.FromSeconds(20),
        // Long enough to be hit, and never the same.
        Script = static task => new() { Duration = TimeSpan.FromMilliseconds(Random.Shared.Next(4000)) },
        TimeScale = 40,
    };

    private static Job Repeating(int number, Instant start, int occurrences)
    {
        var first = InstantPattern.General.Format(start + Duration.FromSeconds(number % 10));
        return new()
        {
            Name = $"job-{number:00000}",
            Command = "true",
            Schedule = new() { Text = $"R{occurrences}/{first}/PT10S", Epsilon = Duration.FromHours(1) },
            Policy = new()
            {
                Retries = 20,
                RetryDelay = Duration.FromMilliseconds(200),
                Concurrency = Concurrency.Allow,
                OnDoubt = DoubtPolicy.Run,
            },
        };
    }

    // A machine that other work keeps busy takes long; only one that gets nowhere has failed.
    private static async Task UntilAsync(Func<bool> condition, Func<int> measure, Func<string> progress)
    {
        var (latest, changed) = (-1, Stopwatch.GetTimestamp());
        while (!condition())
        {
            if (measure() is var now && now != latest) (latest, changed) = (now, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(changed) > Patience) throw new TimeoutException(progress());
            await Task.Delay(50);
        }
    }
}
