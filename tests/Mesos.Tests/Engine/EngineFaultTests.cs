using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Faults;
using Chronos.Testing;
using Mesos.Tests.Offers;
using Xunit;

namespace Mesos.Tests.Engine;

/// <summary>Whatever fails between Chronos and Mesos: each task runs once, its end is told, and nothing is
/// kept.</summary>
public sealed class EngineFaultTests
{
    private const int Tasks = 500;

    [Fact]
    public async Task Tasks_WithoutFaults_RunOnceAndLeaveNothing()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Many());
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();

        await RunAllAsync(cluster, node, static _ => Task.CompletedTask);
    }

    [Fact]
    public async Task Tasks_EventsLostRepeatedDelayedAndSwapped_RunOnce()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Many());
        cluster.Faults.OnEvent =
            new FaultRates(0.05, 0.1, 0.05, 0.05, TimeSpan.FromMilliseconds(200)).ToSwitch(seed: 7);
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();

        await RunAllAsync(cluster, node, static _ => Task.CompletedTask);
    }

    [Theory]
    [InlineData(CallFault.LoseAfterAnswer)]
    [InlineData(CallFault.LoseAnswer)]
    [InlineData(CallFault.Close)]
    [InlineData(CallFault.Refuse)]
    public async Task Tasks_CallsFail_RunOnce(CallFault fault)
    {
        await using var cluster = await SimulatedCluster.StartAsync(Many());
        var random = new Random(11);
        cluster.Faults.OnCall = call => call.Type is Call.Types.Type.Subscribe or Call.Types.Type.Decline
            || random.Next(100) > 0 ? CallFault.None : fault;
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();

        await RunAllAsync(cluster, node, static _ => Task.CompletedTask);
    }

    [Fact]
    public async Task Tasks_StreamsCutAndMastersFailOver_RunOnce()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Many() with { Masters = 2 });
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();

        await RunAllAsync(cluster, node, async started =>
        {
            for (var i = 1; i <= 4; i++)
            {
                await started(i * Tasks / 6);
                if (i % 2 == 0) cluster.Faults.CutStreamsInsideRecord();
                else await cluster.FailOverAsync(i / 2 % 2 == 0 ? 1 : 0);
            }
        });
    }

    [Fact]
    public async Task Tasks_EngineKilledInTheMiddle_RunOnce()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Many());
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();

        await RunAllAsync(cluster, node, async started =>
        {
            for (var i = 1; i <= 4; i++)
            {
                await started(i * Tasks / 6);
                await node.RestartAsync();
            }
        });

        Assert.Equal(1, node.IdentitiesKept);
    }

    [Fact]
    public async Task Tasks_AgentsRestart_RunOnce()
    {
        // In real time, so that no executor gives up waiting for its agent.
        var slow = Many() with { TimeScale = 1, AllocationInterval = TimeSpan.FromMilliseconds(50) };
        await using var cluster = await SimulatedCluster.StartAsync(slow);
        await using var node = new EngineNode(cluster);
        await node.ConnectAsync();

        await RunAllAsync(cluster, node, async started =>
        {
            for (var i = 0; i < 4; i++)
            {
                await started((i + 1) * Tasks / 6);
                cluster.Agents[i].Crash();
                cluster.Agents[i].Restart();
            }
        });
    }

    /// <summary>The master was asked while the task was late, and its answer bears a later time than the agent's
    /// word, which is true all the same.</summary>
    [Fact]
    public async Task Task_GoneByAnAgentWhoseClockIsBehind_Ends()
    {
        await using var cluster = await SimulatedCluster.StartAsync(new()
        {
            Agent = static _ => new() { ClockOffset = TimeSpan.FromMinutes(-1) },
            Script = static _ => new()
            {
                Staging = TimeSpan.FromSeconds(1), IsTalkative = false,
                EndsAs = TaskState.TaskGone, Reason = TaskStatus.Types.Reason.ContainerPreempted,
            },
        });
        await using var node = new EngineNode(cluster)
        {
            Configure = static options => options with { ReconcileInterval = TimeSpan.FromMinutes(10) },
        };
        await node.ConnectAsync();

        var id = Assert.Single(await node.LaunchAsync(OfferSamples.Job("late", cpus: 0.5)));

        await Wait.UntilAsync(() => node.Ends.ContainsKey(id), "an end");
        Assert.Equal(AttemptPhase.Gone, node.Ends[id].Phase);
    }

    private static ClusterOptions Many() => new()
    {
        Agents = 20,
        Agent = static _ => new() { Cpus = 4, Mem = 8192, Disk = 65536 },
        Script = static task => TaskScript.OfCommand(task) with { Duration = TimeSpan.FromMilliseconds(20) },
        TimeScale = 20,
    };

    private static async Task RunAllAsync(
        SimulatedCluster cluster, EngineNode node, Func<Func<int, Task>, Task> disturb)
    {
        var counter = new TaskCounter(cluster);
        var disturbing = disturb(StartedAsync);
        for (var i = 0; i < 5; i++)
        {
            await node.LaunchAsync(OfferSamples.Job($"job-{i}", cpus: 0.5), Tasks / 5);
            await StartedAsync(i * Tasks / 5); // so that some are always under way
        }

        await disturbing;
        await Wait.UntilAsync(() => node.Ends.Count == Tasks, $"{Tasks} ends");
        var outcomes = node.Ends.Values.GroupBy(end => end.Phase).ToDictionary(g => g.Key, g => g.Count());

        Assert.Empty(counter.Doubled);
        Assert.Equal(Tasks, outcomes.GetValueOrDefault(AttemptPhase.Finished));
        Assert.Equal(Tasks, counter.Count);
        await Wait.UntilAsync(() => node.Engine.TrackedCount == 0, "an empty table");
        Assert.Equal(new Resources(0, 0, 0), node.Engine.Describe().Used);

        Task StartedAsync(int tasks) => Wait.UntilAsync(() => counter.Count >= tasks, $"{tasks} started tasks");
    }
}
