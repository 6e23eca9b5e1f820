using System.Net;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Faults;
using Xunit;
using Capability = Chronos.Mesos.Protocol.FrameworkInfo.Types.Capability.Types.Type;
using OperationType = Chronos.Mesos.Protocol.Offer.Types.Operation.Types.Type;
using Reason = Chronos.Mesos.Protocol.TaskStatus.Types.Reason;

namespace Mesos.Tests.Simulator;

/// <summary>Launching: what a master makes of ACCEPT, right or wrong.</summary>
public sealed class LaunchTests : IAsyncLifetime
{
    private SimulatedCluster cluster = null!; // set before each test
    private TestScheduler scheduler = null!; // set before each test

    public async ValueTask InitializeAsync()
    {
        cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 100 });
        scheduler = await TestScheduler.SubscribeAsync(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await scheduler.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task Launch_Valid_TheMasterItselfSaysNothing()
    {
        var offer = await scheduler.OfferAsync();

        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));

        var first = await scheduler.StatusAsync("t");
        Assert.Equal((TaskState.TaskStarting, TaskStatus.Types.Source.Executor), (first.State, first.Source));
    }

    [Theory]
    [InlineData(true, TaskState.TaskDropped)]
    [InlineData(false, TaskState.TaskLost)]
    public async Task Accept_SameOfferTwice_SecondIsDropped(bool isPartitionAware, TaskState state)
    {
        await using var other = await TestScheduler.SubscribeAsync(
            cluster, isPartitionAware
                ? TestScheduler.Framework()
                : TestScheduler.Framework(without: Capability.PartitionAware));
        await scheduler.CallAsync(new() { Type = Call.Types.Type.Suppress });
        await scheduler.DeclineAsync(await scheduler.OfferAsync());
        await scheduler.DeclineAsync(await scheduler.OfferAsync());
        var offer = await other.OfferAsync();
        await other.LaunchAsync(offer, TestScheduler.NewTask("one", offer));

        await other.LaunchAsync(offer, TestScheduler.NewTask("two", offer), TestScheduler.NewTask("three", offer));

        foreach (var id in new[] { "two", "three" })
        {
            var status = await other.StatusAsync(id);
            Assert.Equal(
                (state, Reason.InvalidOffers, TaskStatus.Types.Source.Master, false),
                (status.State, status.Reason, status.Source, status.HasUuid));
            Assert.Equal(
                $"Task launched with invalid offers: Offer {offer.Id.Value} is no longer valid", status.Message);
        }
    }

    [Fact]
    public async Task Accept_OffersOfTwoAgents_DropsAllAndUsesThemUp()
    {
        var (one, two) = (await scheduler.OfferAsync(), await scheduler.OfferAsync());

        await scheduler.AcceptAsync([one, two], Launch(TestScheduler.NewTask("t", one)));

        await AssertDroppedAsync("t");
        await scheduler.LaunchAsync(two, TestScheduler.NewTask("u", two));
        await AssertDroppedAsync("u");
    }

    [Fact]
    public async Task Accept_OfferTwiceInOneCall_IsDropped()
    {
        var offer = await scheduler.OfferAsync();

        await scheduler.AcceptAsync([offer, offer], Launch(TestScheduler.NewTask("t", offer)));

        await AssertDroppedAsync("t");
    }

    [Fact]
    public async Task Accept_OfferOfAnotherFramework_IsDroppedAndStaysTheirs()
    {
        var offer = await scheduler.OfferAsync();
        await using var other = await TestScheduler.SubscribeAsync(cluster);

        await other.LaunchAsync(offer, TestScheduler.NewTask("t", offer));

        Assert.Equal(Reason.InvalidOffers, (await other.StatusAsync("t", TaskState.TaskDropped)).Reason);
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("mine", offer));
        await scheduler.StatusAsync("mine", TaskState.TaskStarting);
    }

    [Fact]
    public async Task Launch_TooMuch_IsAnErrorAndTheOthersRun()
    {
        var offer = await scheduler.OfferAsync();

        await scheduler.LaunchAsync(
            offer, TestScheduler.NewTask("big", offer, cpus: 999), TestScheduler.NewTask("small", offer));

        var error = await AssertErrorAsync("big");
        Assert.StartsWith(
            "Total resources cpus(allocated: batch):999; mem(allocated: batch):32 required", error.Message);
        await scheduler.StatusAsync("small", TaskState.TaskStarting);
    }

    [Fact]
    public async Task Launch_SumIsTooMuch_TheLastIsAnError()
    {
        var offer = await scheduler.OfferAsync();

        await scheduler.LaunchAsync(
            offer, TestScheduler.NewTask("one", offer, cpus: 1.5), TestScheduler.NewTask("two", offer, cpus: 1));

        await scheduler.StatusAsync("one", TaskState.TaskStarting);
        await AssertErrorAsync("two");
    }

    [Fact]
    public async Task Launch_IdOfALiveTask_IsAnError()
    {
        await scheduler.RunAsync("t");
        var offer = await scheduler.OfferAsync();

        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));

        Assert.Equal("Task has duplicate ID: t", (await AssertErrorAsync("t")).Message);
    }

    [Fact]
    public async Task Launch_IdOfAnUnreachableTask_IsAnError()
    {
        var first = await scheduler.RunAsync("t");
        cluster.MarkUnreachable(cluster.Agents.Single(agent => agent.Id == first.AgentId.Value));
        await scheduler.StatusAsync("t", TaskState.TaskUnreachable);
        var offer = await scheduler.OfferAsync(cluster.Agents.Single(agent => agent.Id != first.AgentId.Value).Id);

        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));

        await AssertErrorAsync("t");
    }

    [Fact]
    public async Task Launch_BothOrNeitherOfCommandAndExecutor_IsAnError()
    {
        var offer = await scheduler.OfferAsync();
        var (both, neither) = (TestScheduler.NewTask("both", offer), TestScheduler.NewTask("neither", offer));
        both.Executor = TestExecutor.Definition(scheduler.FrameworkId);
        neither.Command = null;

        await scheduler.LaunchAsync(offer, both, neither);

        await AssertErrorAsync("both");
        await AssertErrorAsync("neither");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("tab\there")]
    [InlineData(null)] // 256 letters
    public async Task Launch_BadId_IsAnError(string? id)
    {
        id ??= new('x', 256);
        var offer = await scheduler.OfferAsync();

        await scheduler.LaunchAsync(offer, TestScheduler.NewTask(id, offer));

        await AssertErrorAsync(id);
    }

    [Theory]
    [InlineData("ct:1700000000000:0:job:")]
    [InlineData(null)] // 255 letters
    public async Task Launch_UnusualId_IsTaken(string? id)
    {
        id ??= new('x', 255);
        var offer = await scheduler.OfferAsync();

        await scheduler.LaunchAsync(offer, TestScheduler.NewTask(id, offer));

        await scheduler.StatusAsync(id, TaskState.TaskStarting);
    }

    [Fact]
    public async Task Launch_NoResources_IsAnError()
    {
        var offer = await scheduler.OfferAsync();
        var task = TestScheduler.NewTask("t", offer);
        task.Resources.Clear();

        await scheduler.LaunchAsync(offer, task);

        Assert.Equal("Task uses no resources", (await AssertErrorAsync("t")).Message);
    }

    [Fact]
    public async Task Launch_OtherAgentThanTheOffers_IsAnError()
    {
        var (one, two) = (await scheduler.OfferAsync(), await scheduler.OfferAsync());

        await scheduler.LaunchAsync(one, TestScheduler.NewTask("t", two));

        await AssertErrorAsync("t");
    }

    [Fact]
    public async Task Launch_ExecutorOfTheSameIdIsAnother_IsAnError()
    {
        var offer = await scheduler.OfferAsync();
        var changed = TestExecutor.Definition(scheduler.FrameworkId);
        changed.Command.Value = "./another";

        await scheduler.LaunchAsync(
            offer, TestExecutor.NewTask("one", offer), TestExecutor.NewTask("two", offer, changed));

        await scheduler.StatusAsync("one", TaskState.TaskStarting);
        await AssertErrorAsync("two");
    }

    [Theory]
    [InlineData("no disk")]
    [InlineData("a command of its own")]
    [InlineData("a bad task")]
    [InlineData("too much")]
    public async Task LaunchGroup_Invalid_AllAreErrorsAndNothingStarts(string what)
    {
        var offer = await scheduler.OfferAsync();
        var (executor, one, two) = (
            Group(), TestScheduler.NewTask("one", offer), TestScheduler.NewTask("two", offer));
        if (what == "no disk") executor.Resources.RemoveAt(2);
        else if (what == "a command of its own") executor.Command = new() { Value = "x" };
        else if (what == "a bad task") two.TaskId.Value = "..";
        else two.Resources[0].Scalar.Value = 99;

        await scheduler.AcceptAsync([offer], LaunchGroup(executor, one, two));

        foreach (var id in new[] { "one", two.TaskId.Value })
        {
            var status = await scheduler.StatusAsync(id);
            Assert.Equal((TaskState.TaskError, Reason.TaskGroupInvalid), (status.State, status.Reason));
        }

        Assert.Equal(0, cluster.Tasks.Launched);
    }

    [Fact]
    public async Task LaunchGroup_Valid_ContainersLieInThatOfTheExecutor()
    {
        var offer = await scheduler.OfferAsync();

        await scheduler.AcceptAsync(
            [offer],
            LaunchGroup(Group(), TestScheduler.NewTask("one", offer), TestScheduler.NewTask("two", offer)));

        var (one, two) = (await scheduler.StatusAsync("one"), await scheduler.StatusAsync("two"));
        Assert.Equal("default", one.ExecutorId.Value);
        var (first, second) = (one.ContainerStatus.ContainerId, two.ContainerStatus.ContainerId);
        Assert.Equal(first.Parent, second.Parent);
        Assert.NotEqual(first.Value, second.Value);
    }

    [Fact]
    public async Task Accept_TaskWithoutName_IsRefusedAndTheOfferStays()
    {
        var offer = await scheduler.OfferAsync();

        var answer = await RawHttp.PostAsync(
            RawHttp.At(cluster, RawHttp.SchedulerPath),
            $$$"""
            {"type":"ACCEPT","framework_id":{"value":"{{{scheduler.FrameworkId}}}"},"accept":{"offer_ids":
            [{"value":"{{{offer.Id.Value}}}"}],"operations":[{"type":"LAUNCH","launch":{"task_infos":
            [{"task_id":{"value":"t"},"agent_id":{"value":"{{{offer.AgentId.Value}}}"}}]}}]}}
            """,
            headers: ("Mesos-Stream-Id", scheduler.StreamId));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        await scheduler.StatusAsync("t", TaskState.TaskStarting);
    }

    [Fact]
    public async Task Accept_NoOperations_DeclinesTheOffer()
    {
        var offer = await scheduler.OfferAsync();

        await scheduler.AcceptAsync([offer]);

        Assert.NotEqual(offer.Id, (await scheduler.OfferAsync(offer.AgentId.Value)).Id);
    }

    [Theory]
    [InlineData(AcceptFault.AgentDisconnects, Reason.AgentDisconnected)]
    [InlineData(AcceptFault.AgentIsRemoved, Reason.AgentRemoved)]
    public async Task Accept_AgentGoesInBetween_IsDropped(AcceptFault fault, Reason reason)
    {
        cluster.Faults.OnAccept = _ => fault;
        var offer = await scheduler.OfferAsync();

        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));

        var status = await scheduler.StatusAsync("t");
        Assert.Equal((TaskState.TaskDropped, reason, false), (status.State, status.Reason, status.HasUuid));
    }

    [Fact]
    public async Task Launch_AgentIsCutOff_IsStagingAndThenUnreachable()
    {
        await using var slow = await SimulatedCluster.StartAsync(new() { TimeScale = 20, Agents = 1 });
        await using var owner = await TestScheduler.SubscribeAsync(slow);
        var offer = await owner.OfferAsync();
        slow.Agents[0].Partition(); // the master will notice after 75 s, scaled

        await owner.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        await owner.ReconcileAsync(("t", offer.AgentId.Value));

        Assert.Equal(TaskState.TaskStaging, (await owner.StatusAsync("t")).State);
        await owner.StatusAsync("t", TaskState.TaskUnreachable);
    }

    [Fact]
    public async Task Operation_NotPossible_IsAnsweredIfItHasAnId()
    {
        var offer = await scheduler.OfferAsync();
        var silent = new Offer.Types.Operation { Type = OperationType.Reserve, Reserve = new() };
        var named = silent.Clone();
        named.Id = new() { Value = "op" };

        await scheduler.AcceptAsync([offer], silent, named);

        var status = (await scheduler.NextAsync(Event.Types.Type.UpdateOperationStatus)).UpdateOperationStatus.Status;
        Assert.Equal(("op", OperationState.OperationError), (status.OperationId.Value, status.State));
        Assert.Null(status.Uuid);
        Assert.Equal(0, scheduler.Count(Event.Types.Type.UpdateOperationStatus));
    }

    private static ExecutorInfo Group() => new()
    {
        Type = ExecutorInfo.Types.Type.Default,
        ExecutorId = new() { Value = "default" },
        Resources =
        {
            TestScheduler.Scalar("cpus", 0.1), TestScheduler.Scalar("mem", 32), TestScheduler.Scalar("disk", 16),
        },
    };

    private static Offer.Types.Operation Launch(params TaskInfo[] tasks) =>
        new() { Type = OperationType.Launch, Launch = new() { TaskInfos = { tasks } } };

    private static Offer.Types.Operation LaunchGroup(ExecutorInfo executor, params TaskInfo[] tasks) => new()
    {
        Type = OperationType.LaunchGroup,
        LaunchGroup = new() { Executor = executor, TaskGroup = new() { Tasks = { tasks } } },
    };

    private async Task AssertDroppedAsync(string taskId)
    {
        var status = await scheduler.StatusAsync(taskId);
        Assert.Equal(
            (TaskState.TaskDropped, Reason.InvalidOffers, false), (status.State, status.Reason, status.HasUuid));
    }

    private async Task<TaskStatus> AssertErrorAsync(string taskId)
    {
        var status = await scheduler.StatusAsync(taskId, TaskState.TaskError);
        Assert.Equal((Reason.TaskInvalid, TaskStatus.Types.Source.Master, false),
            (status.Reason, status.Source, status.HasUuid));
        return status;
    }
}
