using System.Diagnostics;
using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator;
using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>A thousand agents and many tasks in one process.</summary>
[Collection(nameof(ScaleTests))]
public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int Agents = 1_000;
    private const int TasksOfAnAgent = 20;
    private const int Rounds = 5;

    /// <summary>100,000 tasks on 1,000 agents, from offer to last acknowledgement; of those that have ended little is
    /// kept. How fast that goes is written down and not judged: other programs may keep the processors.</summary>
    [Fact]
    public async Task Tasks_100000On1000Agents_AllEndAndLittleIsKept()
    {
        await using var cluster = await SimulatedCluster.StartAsync(new()
        {
            Agents = Agents,
            Agent = static _ => new() { Cpus = TasksOfAnAgent, Mem = 32 * TasksOfAnAgent, Ports = 0 },
            Script = static _ => new() { IsTalkative = false },
            AllocationInterval = TimeSpan.FromMilliseconds(50),
            CompletedRunsMax = TasksOfAnAgent, // full after the first round
        });
        await using var load = await LaunchLoad.SubscribeAsync(cluster);
        var began = Stopwatch.GetTimestamp();

        await load.RunAsync(Agents * TasksOfAnAgent); // so that what comes once does not count
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await load.RunAsync(Agents * TasksOfAnAgent * (Rounds - 1));
        var after = GC.GetTotalMemory(forceFullCollection: true);

        var total = Agents * TasksOfAnAgent * Rounds;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        output.WriteLine(
            $"{total / seconds:N0} tasks/s; {load.LaunchesPerSecond:N0} launches/s until the last is taken; "
            + $"{before / 1e6:N1} MB after the first round, {after / 1e6:N1} MB at the end.");
        Assert.Equal(total, cluster.Tasks.Ended(TaskState.TaskFinished));
        Assert.Equal(total, cluster.Tasks.Launched);
        Assert.Equal(0, cluster.Tasks.Active);
        await load.ReconcileAsync();
        Assert.Equal(0, load.Reconciled);
        // Nothing is kept of a single one, but tables and buffers still grow, by up to 8 MB; a record of each, which
        // has half a kilobyte at least, would be seen.
        var keptOfEach = (after - before) / (double)(Agents * TasksOfAnAgent * (Rounds - 1));
        Assert.True(keptOfEach < 250, $"It kept {keptOfEach:N0} bytes of each task.");
    }
}

/// <summary>Alone, because it measures the memory of the whole process.</summary>
[CollectionDefinition(nameof(ScaleTests), DisableParallelization = true)]
public sealed class ScaleCollection;
