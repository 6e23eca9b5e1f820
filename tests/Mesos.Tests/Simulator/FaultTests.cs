using System.Diagnostics;
using System.Net;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Faults;
using Chronos.Testing;
using Xunit;

namespace Mesos.Tests.Simulator;

/// <summary>Each switch that makes something fail does so.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private static readonly Call Revive = new() { Type = Call.Types.Type.Revive };
    private SimulatedCluster cluster = null!; // set before each test
    private TestScheduler scheduler = null!; // set before each test

    public async ValueTask InitializeAsync()
    {
        cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 20 });
        scheduler = await TestScheduler.SubscribeAsync(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        await scheduler.DisposeAsync();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task Event_Dropped_ComesOnlyByTheAgentsNextTry()
    {
        var drops = 1;
        cluster.Faults.OnEvent = message => new(
            message.Type == Event.Types.Type.Update && drops-- > 0 ? EventFaultKind.Drop : EventFaultKind.Deliver);
        var offer = await scheduler.OfferAsync();
        var began = Stopwatch.GetTimestamp();

        await scheduler.LaunchAsync(offer, TestScheduler.NewTask("t", offer));

        await scheduler.StatusAsync("t", TaskState.TaskStarting);
        // 10 s, scaled; a timer may go off a moment early.
        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(480));
    }

    [Fact]
    public async Task Event_Repeated_ComesTwice()
    {
        cluster.Faults.OnEvent = static _ => new(EventFaultKind.Repeat);

        await scheduler.ReconcileAsync(("t", null));

        await scheduler.StatusAsync("t");
        await scheduler.StatusAsync("t");
    }

    [Fact]
    public async Task Event_Delayed_ComesBehindLaterOnes()
    {
        cluster.Faults.OnEvent = static message => message.Update?.Status.TaskId.Value == "first"
            ? new(EventFaultKind.Delay, TimeSpan.FromMilliseconds(100))
            : default;

        await scheduler.ReconcileAsync(("first", null), ("second", null));

        Assert.Equal(["second", "first"], await OrderAsync());
    }

    [Fact]
    public async Task Event_Swapped_ChangesPlacesWithTheNext()
    {
        cluster.Faults.OnEvent = static message => message.Update?.Status.TaskId.Value == "first"
            ? new(EventFaultKind.Swap)
            : default;

        await scheduler.ReconcileAsync(("first", null), ("second", null));

        Assert.Equal(["second", "first"], await OrderAsync());
    }

    [Theory]
    [InlineData(CallFault.LoseAfterAnswer, HttpStatusCode.Accepted)]
    [InlineData(CallFault.Refuse, HttpStatusCode.ServiceUnavailable)]
    public async Task Call_LostOrRefused_IsNotDone(CallFault fault, HttpStatusCode status)
    {
        cluster.Faults.OnCall = call => call.Type == Call.Types.Type.Teardown ? fault : CallFault.None;

        Assert.Equal(status, (await scheduler.TryCallAsync(new() { Type = Call.Types.Type.Teardown })).Status);

        await scheduler.CallAsync(Revive.Clone()); // it is still there
    }

    [Fact]
    public async Task Call_Closed_IsNotDone()
    {
        cluster.Faults.OnCall = static call =>
            call.Type == Call.Types.Type.Teardown ? CallFault.Close : CallFault.None;

        await Assert.ThrowsAsync<HttpRequestException>(
            () => scheduler.TryCallAsync(new() { Type = Call.Types.Type.Teardown }));

        await scheduler.CallAsync(Revive.Clone());
    }

    [Fact]
    public async Task Call_AnswerLost_IsDone()
    {
        cluster.Faults.OnCall = static call =>
            call.Type == Call.Types.Type.Reconcile ? CallFault.LoseAnswer : CallFault.None;

        await Assert.ThrowsAsync<HttpRequestException>(() => scheduler.ReconcileAsync(("t", null)));

        await scheduler.StatusAsync("t", TaskState.TaskUnknown);
    }

    [Fact]
    public async Task Call_Hangs_UntilTheClientGivesUp()
    {
        cluster.Faults.OnCall = static _ => CallFault.Hang;

        var call = scheduler.TryCallAsync(Revive.Clone());

        Assert.NotSame(call, await Task.WhenAny(call, Task.Delay(200)));
        await cluster.DisposeAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
    }

    [Fact]
    public async Task Latency_IsWaitedFor()
    {
        cluster.Faults.Latency = TimeSpan.FromMilliseconds(200);
        var began = Stopwatch.GetTimestamp();

        await scheduler.CallAsync(Revive.Clone());

        Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(180)); // a timer may be a bit early
    }

    [Fact]
    public async Task Redirect_LeadsInACircle()
    {
        cluster.Faults.RedirectTo = cluster.Masters[0].Address;

        var answer = await RawHttp.PostAsync(RawHttp.At(cluster, RawHttp.SchedulerPath), "{}");

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.Status);
        Assert.Equal(
            $"//127.0.0.1:{cluster.Masters[0].Address.Port}/master/api/v1/scheduler", answer.Headers["Location"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Streams_InPieces_ArriveWhole(int bytes)
    {
        cluster.Faults.SplitBytes = bytes;

        await scheduler.RunAsync("t");
    }

    [Fact]
    public async Task Streams_Silent_StayOpenWithoutHeartbeats()
    {
        cluster.Faults.AreStreamsSilent = true;
        await scheduler.CallAsync(Revive.Clone());
        await scheduler.ReconcileAsync(("lost", null));
        await Task.Delay(100);
        cluster.Faults.AreStreamsSilent = false;

        await scheduler.ReconcileAsync(("heard", null));

        await scheduler.StatusAsync("heard");
        Assert.Equal(0, scheduler.CountUpdates("lost"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Streams_Cut_End(bool isInsideRecord)
    {
        if (isInsideRecord) cluster.Faults.CutStreamsInsideRecord();
        else cluster.Faults.CutStreams();

        await scheduler.Ended;
    }

    [Theory]
    [InlineData(RequestFault.Refuse)]
    [InlineData(RequestFault.Close)]
    public async Task AgentRequest_Fails(RequestFault fault)
    {
        cluster.Faults.OnAgentRequest = path => path == "/state" ? fault : RequestFault.None;
        var state = RawHttp.GetAsync(new($"http://127.0.0.1:{cluster.Agents[0].Port}/state"));

        if (fault == RequestFault.Close) await Assert.ThrowsAsync<HttpRequestException>(() => state);
        else Assert.Equal(HttpStatusCode.ServiceUnavailable, (await state).Status);
        await RawHttp.GetAsync(new($"http://127.0.0.1:{cluster.Agents[0].Port}/health"));
    }

    [Fact]
    public void Rates_SameSeed_DrawTheSame()
    {
        var rates = new FaultRates(0.1, 0.1, 0.1, 0.1, TimeSpan.FromSeconds(1));
        var calls = new CallFaultRates(0.1, 0.1, 0.1, 0.1, 0.1);

        Assert.Equal(Draw(rates.ToSwitch(7)), Draw(rates.ToSwitch(7)));
        Assert.NotEqual(Draw(rates.ToSwitch(7)), Draw(rates.ToSwitch(8)));
        Assert.Equal(Enum.GetValues<CallFault>(), DrawCalls(calls.ToSwitch(7)).Distinct().Order());
        Assert.Equal(DrawCalls(calls.ToSwitch(7)), DrawCalls(calls.ToSwitch(7)));

        static List<EventFault> Draw(Func<Event, EventFault> draw) => Enumerable.Range(0, 1000)
            .Select(_ => draw(new() { Type = Event.Types.Type.Update, Update = new() { Status = new() } })).ToList();

        static List<CallFault> DrawCalls(Func<Call, CallFault> draw) =>
            Enumerable.Range(0, 1000).Select(_ => draw(new() { Type = Call.Types.Type.Accept })).ToList();
    }

    [Fact]
    public void Plan_UnknownKind_IsRefused()
    {
        var problem = Assert.Throws<ArgumentException>(() => FaultPlan.Of(["events", "weather"], seed: 1));

        Assert.StartsWith(
            "There is no kind of fault 'weather'; choose from events, calls, latency, streams, agents, masters.",
            problem.Message);
    }

    /// <summary>Everything fails for a while; then all is back, and a task runs as if nothing had been.</summary>
    [Fact]
    public async Task Plan_Ends_AllComesBack()
    {
        var short1 = TimeSpan.FromMilliseconds(60);
        var plan = FaultPlan.Of(FaultPlan.Kinds, seed: 5) with
        {
            StreamInterval = short1, AgentInterval = short1, MasterInterval = short1, AgentAwayMax = short1,
            Latency = TimeSpan.FromMilliseconds(1),
        };

        await using (FaultRun.Start(cluster, plan)) await Wait.UntilAsync(() => cluster.Leader is not null
            && cluster.Faults.OpenStreams == 0);

        await using var again = await TestScheduler.SubscribeAsync(cluster, id: scheduler.FrameworkId);
        await again.RunAsync("t");
        foreach (var agent in cluster.Agents) Assert.True(agent.IsRunning);
    }

    private async Task<string[]> OrderAsync()
    {
        var order = new string[2];
        for (var i = 0; i < 2; i++)
            order[i] = (await scheduler.NextAsync(Event.Types.Type.Update)).Update.Status.TaskId.Value;
        return order;
    }
}
