using System.Diagnostics;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Google.Protobuf;
using Xunit;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Mesos.Tests.Simulator;

/// <summary>Updates: they come until they are acknowledged, one of a task at a time.</summary>
public sealed class UpdateTests : IAsyncLifetime
{
    private SimulatedCluster cluster = null!; // set before each test
    private TestScheduler scheduler = null!; // set before each test

    public async ValueTask InitializeAsync()
    {
        cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 50 });
        scheduler = await TestScheduler.SubscribeAsync(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await scheduler.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task Update_OfAnExecutor_IsFilledIn()
    {
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));

        var status = await scheduler.StatusAsync("t", TaskState.TaskStarting);

        Assert.Equal(16, status.Uuid.Length);
        Assert.Equal(TaskStatus.Types.Source.Executor, status.Source);
        Assert.Equal((offer.AgentId.Value, "t"), (status.AgentId.Value, status.ExecutorId.Value));
        Assert.InRange(status.Timestamp, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60.0, double.MaxValue);
        Assert.Equal(36, status.ContainerStatus.ContainerId.Value.Length);
        Assert.Equal("127.0.0.1", status.ContainerStatus.NetworkInfos[0].IpAddresses[0].IpAddress);
    }

    [Fact]
    public async Task Update_Unacknowledged_ComesAgainAtGrowingDistance()
    {
        var offer = await scheduler.OfferAsync();
        var began = Stopwatch.GetTimestamp(); // before the first, which may reach this test late
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        var first = await scheduler.StatusAsync("t");

        var (second, third) = (await scheduler.StatusAsync("t"), await scheduler.StatusAsync("t"));

        Assert.Equal([first.Uuid, first.Uuid], new[] { second.Uuid, third.Uuid });
        var elapsed = Stopwatch.GetElapsedTime(began); // 10 s and 20 s, scaled
        Assert.True(elapsed >= TimeSpan.FromMilliseconds(550), $"The third came after {elapsed}.");
    }

    [Fact]
    public async Task Update_BehindOneThatIsNotAcknowledged_Waits()
    {
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        await Wait.UntilAsync(() => cluster.Tasks.Ended(TaskState.TaskFinished) == 1);
        await scheduler.StatusAsync("t", TaskState.TaskStarting);
        var again = await scheduler.StatusAsync("t", TaskState.TaskStarting);
        Assert.Equal(0, scheduler.CountUpdates("t", TaskState.TaskRunning));

        await scheduler.AcknowledgeAsync(again);

        await scheduler.StatusAsync("t", TaskState.TaskRunning);
        Assert.Equal(0, scheduler.CountUpdates("t", TaskState.TaskFinished));
    }

    [Fact]
    public async Task Update_SchedulerIsAway_ComesWhenItIsBack()
    {
        var script = TaskScript.OfCommand(new()) with { Duration = TimeSpan.FromMilliseconds(200) };
        await using var slow = await SimulatedCluster.StartAsync(new() { TimeScale = 50, Script = _ => script });
        var one = await TestScheduler.SubscribeAsync(slow);
        await one.RunAsync("t");
        await one.DisposeAsync();
        await Wait.UntilAsync(() => slow.Faults.OpenStreams == 0 && slow.Tasks.Active == 0);

        await using var two = await TestScheduler.SubscribeAsync(slow, id: one.FrameworkId);

        var status = await two.StatusAsync("t", TaskState.TaskFinished);
        Assert.Equal((true, TaskStatus.Types.Source.Executor), (status.HasUuid, status.Source));
    }

    [Fact]
    public async Task End_Acknowledged_TheTaskIsForgotten()
    {
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        await scheduler.FollowAsync("t", TaskState.TaskStarting, TaskState.TaskRunning, TaskState.TaskFinished);

        await scheduler.ReconcileAsync(("t", offer.AgentId.Value));
        Assert.Equal(TaskState.TaskGone, (await scheduler.StatusAsync("t")).State);
        await scheduler.ReconcileAsync(("t", null));
        Assert.Equal(TaskState.TaskUnknown, (await scheduler.StatusAsync("t")).State);
    }

    [Fact]
    public async Task End_NotAcknowledged_IsWhatReconciliationTells()
    {
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        await scheduler.FollowAsync("t", TaskState.TaskStarting, TaskState.TaskRunning);
        var end = await scheduler.StatusAsync("t", TaskState.TaskFinished);

        await scheduler.ReconcileAsync();

        await ReconciledAsync("t", TaskState.TaskFinished);
        await scheduler.AcknowledgeAsync(end);
    }

    [Fact]
    public async Task Acknowledgement_AgainOrOfAnotherUuid_DoesNothing()
    {
        var offer = await scheduler.OfferAsync();
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        var first = await scheduler.StatusAsync("t", TaskState.TaskStarting);
        var other = first.Clone();
        other.Uuid = ByteString.CopyFrom(Guid.NewGuid().ToByteArray(bigEndian: true));

        await scheduler.AcknowledgeAsync(other);
        await scheduler.ReconcileAsync(("t", offer.AgentId.Value));
        await ReconciledAsync("t", TaskState.TaskStarting);
        await scheduler.AcknowledgeAsync(first);
        await scheduler.AcknowledgeAsync(first);

        var running = await scheduler.StatusAsync("t", TaskState.TaskRunning);
        await scheduler.AcknowledgeAsync(first);
        Assert.Equal(0, scheduler.CountUpdates("t", TaskState.TaskFinished));
        await scheduler.AcknowledgeAsync(running);
        await scheduler.StatusAsync("t", TaskState.TaskFinished);
    }

    [Fact]
    public async Task End_NotAcknowledged_ItsResourcesAreOffered()
    {
        await using var small = await SimulatedCluster.StartAsync(new() { TimeScale = 50, Agents = 1 });
        await using var owner = await TestScheduler.SubscribeAsync(small);
        var offer = await owner.OfferAsync();

        await owner.LaunchAsync(offer, TestScheduler.NewTask("t", offer, cpus: 2));

        Offer next;
        do
        {
            next = await owner.OfferAsync();
            await owner.DeclineAsync(next, seconds: 0);
        }
        while (!next.Resources.Any(resource => resource.Name == "cpus" && resource.Scalar.Value == 2));
        Assert.Equal(0, owner.CountUpdates("t", TaskState.TaskFinished));
    }

    [Fact]
    public async Task Json_UpdateOnTheWire_IsWrittenAsTheRealOne()
    {
        await using var reader = await TestScheduler.SubscribeAsync(
            cluster, codec: Chronos.Mesos.Wire.MessageCodec.Json);

        await reader.ReconcileAsync(("t", null));

        var status = await reader.StatusAsync("t");
        Assert.Equal("Reconciliation: Task is unknown", status.Message);
        Assert.Equal((Reason.Reconciliation, false, false), (status.Reason, status.HasUuid, status.HasData));
        Assert.Null(status.AgentId);
    }

    private async Task ReconciledAsync(string taskId, TaskState state)
    {
        var answer = await scheduler.NextAsync(message => message.Type == Event.Types.Type.Update
            && message.Update.Status.TaskId.Value == taskId && !message.Update.Status.HasUuid);
        var status = answer.Update.Status;
        Assert.Equal((state, Reason.Reconciliation), (status.State, status.Reason));
        Assert.Equal("Reconciliation: Latest task state", status.Message);
    }
}
