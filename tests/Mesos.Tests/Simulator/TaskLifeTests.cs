using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator;
using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>From an offer to the last acknowledgement.</summary>
public sealed class TaskLifeTests
{
    private static readonly ClusterOptions Fast = new() { TimeScale = 100 };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Task_Launched_StartsRunsAndFinishes(bool asJson)
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);
        await using var scheduler = await TestScheduler.SubscribeAsync(
            cluster, codec: asJson ? MessageCodec.Json : MessageCodec.Protobuf);
        var offer = await scheduler.OfferAsync();

        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        var end = await scheduler.FollowAsync(
            "t", TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFinished);

        Assert.Equal("Command exited with status 0", end.Message);
        Assert.Equal(1, cluster.Tasks.Ended(TaskState.TaskFinished));
        Assert.Equal(0, cluster.Tasks.Active);
    }

    [Fact]
    public async Task Task_Killed_EndsKilled()
    {
        await using var cluster = await SimulatedCluster.StartAsync(Fast);
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.RunAsync("t");

        await scheduler.KillAsync("t");

        await scheduler.FollowAsync("t", TaskState.TaskKilling, TaskState.TaskKilled);
    }
}
