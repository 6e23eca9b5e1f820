using System.Diagnostics;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Integration.Tests.Server;
using Chronos.Integration.Tests.ZooKeeper;
using Chronos.Mesos;
using Chronos.Mesos.Detection;
using Chronos.MesosSimulator;
using Chronos.Runtime.Ports;
using Chronos.ZooKeeper;
using NodaTime;
using NodaTime.Text;
using Xunit;

namespace Chronos.Integration.Tests.Mesos;

/// <summary>
/// A scheduler on disk runs jobs on a cluster in which everything fails all the time: events and calls get lost,
/// repeated, delayed and swapped, streams break inside a record, agents go out of reach, restart and burn down, masters
/// fail over through a real ZooKeeper, and the scheduler itself restarts. Every occurrence ends well and exactly once,
/// no task is started twice, and when the work ends nothing of it is left: not in the state store, not in the engine,
/// not on the cluster, and not in memory.
/// </summary>
[Collection(nameof(ClusterFaultTests))]
public sealed class ClusterFaultTests(ITestOutputHelper output)
{
    private const int Agents = 1_000;
    private const int Jobs = 10_000;
    private const int FirstOccurrences = 4; // of each, until memory is measured first
    private const int LaterOccurrences = 6;
    private const int Total = Jobs * (FirstOccurrences + LaterOccurrences);
    private const double FirstShare = (double)FirstOccurrences / (FirstOccurrences + LaterOccurrences);
    private const double TimeScale = 40;
    private const int Period = 10; // s
    private const int TimeLimit = 15 * 60_000; // ms; a third of it is enough where nothing else runs

    // Buffers are as large as the longest backlog and the longest event were, up to 8 MB each. Half a kilobyte kept of
    // each later task would be 30 MB.
    private const long MemoryAllowance = 20_000_000;

    private const int Measurements = 5;
    private static readonly TimeSpan MeasurementPause = TimeSpan.FromMilliseconds(200);

    // Shares. When memory is measured first, the last life remembers as many places of output as it may.
    private static readonly double[] RestartsAt = [0.05, 0.1, 0.15];

    [Fact(Timeout = TimeLimit)]
    public async Task Runs_EverythingFailsOn1000Agents_EndExactlyOnce()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        using var folder = new DataFolder();
        await using var zooKeeper = await ZooKeeperServer.StartAloneAsync();
        await using var cluster = await SimulatedCluster.StartAsync(Cluster());
        await using var masters = new RegisteredMasters(cluster, new([zooKeeper.Address], "/", null));
        await masters.RegisterAsync();
        masters.Keep();
        var options = Options(new([zooKeeper.Address], RegisteredMasters.Path, null));
        await using var run = new FaultyRun(cluster, await MesosNode.StartAsync(folder.Path, options), Total);
        await run.Node.PutAsync(Repeating(FirstOccurrences));
        using var calm = new CancellationTokenSource();
        var disturber = new Disturber(cluster, masters, seed);
        var disturbing = disturber.RunAsync(calm.Token);
        var began = Stopwatch.GetTimestamp();

        foreach (var share in RestartsAt)
        {
            await run.StartedAsync(share);
            await run.RestartAsync(folder.Path, options);
        }

        await run.EndedAsync(FirstShare);
        var early = await MeasureMemoryAsync();
        await run.Node.PutAsync(Repeating(LaterOccurrences));
        await run.StartedAsync(0.9);
        await calm.CancelAsync();
        await disturbing;
        await run.EndedAsync(1);
        var late = await MeasureMemoryAsync();

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        output.WriteLine($"{Total} runs in {seconds:0} s, {run.Ledger.TaskCount} tasks; "
            + $"{early / 1e6:0.0} MB after {FirstOccurrences} of each job, {late / 1e6:0.0} MB at the end; "
            + string.Join(", ", disturber.Counts.Select(c => $"{c.Value} {c.Key}")));
        Check(await run.Node.ReadHistoryAsync());
        Assert.Empty(run.Ledger.Doubled);
        Assert.Equal(0, cluster.Tasks.Collisions);
        Assert.True(late < early + MemoryAllowance, "Memory has grown; see the output of the test.");
        await run.RestartAsync(folder.Path, options);
        Assert.Equal(0, run.Node.Scheduler.Jobs.ActiveRunCount);
    }

    // The least of a few: what is on its way between masters, agents and scheduler comes and goes.
    private static async Task<long> MeasureMemoryAsync()
    {
        var least = long.MaxValue;
        for (var i = 0; i < Measurements; i++)
        {
            await Task.Delay(MeasurementPause);
            least = Math.Min(least, GC.GetTotalMemory(forceFullCollection: true));
        }

        return least;
    }

    private static void Check(List<RunRecord> ended)
    {
        Assert.Empty(ended.Where(r => r.Run.State != RunState.Succeeded)
            .Select(r => $"{r.Run.Id} {r.Run.State}: {r.Run.Reason}").Take(10));
        Assert.Equal(Total, ended.Count);
        Assert.Equal(Total, ended.DistinctBy(r => (r.JobName, r.Run.Nominal)).Count());
        Assert.All(ended, r => Assert.Single(r.Run.Attempts, a => a.Outcome == RunState.Succeeded));
    }

    private static ClusterOptions Cluster() => new()
    {
        Masters = 2,
        Agents = Agents,
        Agent = static _ => new() { Cpus = 1, Mem = 8192, Disk = 65536 }, // ten tasks each
        AgentReturnMax = TimeSpan.FromSeconds(20),
        // Long enough to be hit, and never the same.
        Script = static task => new() { Duration = TimeSpan.FromMilliseconds(Random.Shared.Next(4000)) },
        TimeScale = TimeScale,
        AllocationInterval = TimeSpan.FromSeconds(1) * TimeScale,
    };

    private static MesosEngineOptions Options(ZooKeeperAddress masters) =>
        MesosNode.Quick(new MasterSetting.ZooKeeper(masters)) with
        {
            // As in a real cluster, so that a thousand agents are not on offer forty times a second.
            ReviveInterval = TimeSpan.FromSeconds(1),
            DeclineTime = TimeSpan.FromSeconds(5),
        };

    private static IEnumerable<Job> Repeating(int occurrences)
    {
        var first = SystemClock.Instance.GetCurrentInstant() + Duration.FromSeconds(5);
        // Shared, as those that a node reads from its store are.
        var templates = Enumerable.Range(0, Period)
            .Select(second => Repeating(occurrences, first + Duration.FromSeconds(second))).ToArray();
        return Enumerable.Range(0, Jobs).Select(i => templates[i % Period] with { Name = $"job-{i:00000}" });
    }

    private static Job Repeating(int occurrences, Instant first) => new()
    {
        Name = "template",
        Command = "true",
        Schedule = new()
        {
            Text = $"R{occurrences}/{InstantPattern.General.Format(first)}/PT{Period}S",
            Epsilon = Duration.FromHours(1),
        },
        Policy = new()
        {
            Retries = 20,
            RetryDelay = Duration.FromMilliseconds(200),
            Concurrency = Concurrency.Allow,
            OnDoubt = DoubtPolicy.Run,
        },
    };
}

/// <summary>Alone, because it measures the memory of the whole process.</summary>
[CollectionDefinition(nameof(ClusterFaultTests), DisableParallelization = true)]
public sealed class ClusterFaultCollection;
