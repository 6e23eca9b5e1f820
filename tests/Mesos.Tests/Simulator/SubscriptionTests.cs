using System.Net;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator;
using Chronos.Testing;
using Xunit;
using Capability = Chronos.Mesos.Protocol.FrameworkInfo.Types.Capability.Types.Type;

namespace Mesos.Tests.Simulator;

/// <summary>Subscription: how frameworks come, are replaced and go.</summary>
public sealed class SubscriptionTests : IAsyncLifetime
{
    private SimulatedCluster cluster = null!; // set before each test

    public async ValueTask InitializeAsync() =>
        cluster = await SimulatedCluster.StartAsync(new() { TimeScale = 100, CompletedFrameworksMax = 2 });

    public ValueTask DisposeAsync() => cluster.DisposeAsync();

    [Fact]
    public async Task Subscribe_Answer_IsAChunkedStreamWithAnIdOfItsOwn()
    {
        await using var one = await TestScheduler.SubscribeAsync(cluster);
        await using var two = await TestScheduler.SubscribeAsync(cluster);

        Assert.True(one.Response.Headers.TransferEncodingChunked);
        Assert.Equal("application/x-protobuf", one.Response.Content.Headers.ContentType?.ToString());
        Assert.Equal(36, one.StreamId.Length);
        Assert.NotEqual(one.StreamId, two.StreamId);
        Assert.NotEqual(one.FrameworkId, two.FrameworkId);
    }

    [Fact]
    public async Task Subscribe_FirstEvents_AreSubscribedAndHeartbeats()
    {
        await using var real = await SimulatedCluster.StartAsync();
        await using var scheduler = await TestScheduler.OpenAsync(
            real, new() { FrameworkInfo = TestScheduler.Framework() });

        var first = await scheduler.NextAsync(_ => true);
        var second = await scheduler.NextAsync(_ => true);

        Assert.Equal(Event.Types.Type.Subscribed, first.Type);
        Assert.Equal(15, first.Subscribed.HeartbeatIntervalSeconds);
        Assert.Equal((uint)real.Masters[0].Address.Port, first.Subscribed.MasterInfo.Port);
        Assert.Equal(Event.Types.Type.Heartbeat, second.Type);
    }

    [Fact]
    public async Task Heartbeats_GoOn()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);

        for (var i = 0; i < 3; i++) await scheduler.NextAsync(Event.Types.Type.Heartbeat);
    }

    [Fact]
    public async Task Records_TextBeyondAscii_CountsInBytes()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, codec: MessageCodec.Json);
        await scheduler.ReconcileAsync(("tâche-ü-任務", null));

        await scheduler.StatusAsync("tâche-ü-任務", TaskState.TaskUnknown);
    }

    [Fact]
    public async Task Ids_CountUpwards()
    {
        await using var one = await TestScheduler.SubscribeAsync(cluster);
        await using var two = await TestScheduler.SubscribeAsync(cluster);
        var offer = await one.OfferAsync();

        Assert.Matches("^[0-9a-f-]{36}-0000$", one.FrameworkId);
        Assert.EndsWith("-0001", two.FrameworkId);
        Assert.Matches("^[0-9a-f-]{36}-O[0-9]+$", offer.Id.Value);
        Assert.Matches("^[0-9a-f-]{36}-S[01]$", offer.AgentId.Value);
    }

    [Fact]
    public async Task Subscribe_IdThatWasNeverGiven_IsTaken()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, id: "made-up");

        Assert.Equal("made-up", scheduler.FrameworkId);
    }

    public static TheoryData<string, FrameworkInfo> BadFrameworks()
    {
        var both = TestScheduler.Framework();
#pragma warning disable CS0612 // the older form of a role is a deprecated field
        both.Role = "old";
#pragma warning restore CS0612
        var endless = TestScheduler.Framework();
        endless.FailoverTimeout = 1e12;
        return new()
        {
            { "invalid role", With("-r") },
            { "empty role", With("") },
            { "role with a space", With("a b") },
            { "role with an empty part", With("a//b") },
            { "roles without the capability", TestScheduler.Framework(without: Capability.MultiRole) },
            { "role and roles", both },
            { "twice the same role", With("r", "r") },
            { "a timeout of 30,000 years", endless },
        };

        static FrameworkInfo With(params string[] roles)
        {
            var framework = TestScheduler.Framework();
            framework.Roles.Clear();
            framework.Roles.AddRange(roles);
            return framework;
        }
    }

    [Theory]
    [MemberData(nameof(BadFrameworks), DisableDiscoveryEnumeration = true)]
    public async Task Subscribe_FrameworkIsRefused_OnTheStream(string what, FrameworkInfo framework)
    {
        await using var scheduler = await TestScheduler.OpenAsync(cluster, new() { FrameworkInfo = framework });

        var only = await scheduler.NextAsync(_ => true);
        await scheduler.Ended;

        Assert.True(only.Type == Event.Types.Type.Error, what);
        Assert.Equal(36, scheduler.StreamId.Length);
    }

    [Fact]
    public async Task Subscribe_SuppressedRoleIsNotAmongTheRoles_IsRefused()
    {
        await using var scheduler = await TestScheduler.OpenAsync(
            cluster, new() { FrameworkInfo = TestScheduler.Framework(), SuppressedRoles = { "other" } });

        Assert.StartsWith("Suppressed roles", (await scheduler.NextAsync(Event.Types.Type.Error)).Error.Message);
    }

    [Fact]
    public async Task Subscribe_OtherPrincipal_IsRefusedAndTheOldStreamLives()
    {
        var framework = TestScheduler.Framework();
        framework.Principal = "one";
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster, framework.Clone());
        framework.Principal = "two";
        framework.Id = new() { Value = scheduler.FrameworkId };

        await using var other = await TestScheduler.OpenAsync(cluster, new() { FrameworkInfo = framework });

        var error = await other.NextAsync(Event.Types.Type.Error);
        Assert.Equal("Changing framework's principal is not allowed.", error.Error.Message);
        await scheduler.CallAsync(new() { Type = Call.Types.Type.Revive });
    }

    [Fact]
    public async Task Subscribe_OtherUserAndCheckpoint_AreIgnored()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        var changed = TestScheduler.Framework();
        (changed.User, changed.Checkpoint) = ("nobody", false);

        await using var again = await TestScheduler.SubscribeAsync(cluster, changed, id: scheduler.FrameworkId);

        var page = await RawHttp.GetAsync(RawHttp.At(cluster, "/frameworks"));
        Assert.Contains("\"user\":\"root\"", page.Body);
        Assert.Contains("\"checkpoint\":true", page.Body);
    }

    [Fact]
    public async Task SecondSubscription_EndsTheFirst_AndTakesItsCallsAndOffers()
    {
        await using var one = await TestScheduler.SubscribeAsync(cluster);
        var offer = await one.OfferAsync();

        await using var two = await TestScheduler.SubscribeAsync(cluster, id: one.FrameworkId);

        Assert.Equal("Framework failed over", (await one.NextAsync(Event.Types.Type.Error)).Error.Message);
        await one.Ended;
        Assert.Equal(one.FrameworkId, two.FrameworkId);
        var (status, _) = await one.TryCallAsync(new() { Type = Call.Types.Type.Revive });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        await two.CallAsync(new() { Type = Call.Types.Type.Revive });
        Assert.Equal(0, one.Count(Event.Types.Type.Rescind) + two.Count(Event.Types.Type.Rescind));
        await two.LaunchAsync(offer, TestScheduler.NewTask("t", offer));
        var dropped = await two.StatusAsync("t", TaskState.TaskDropped);
        Assert.Equal(TaskStatus.Types.Reason.InvalidOffers, dropped.Reason);
    }

    [Fact]
    public async Task StreamCloses_TasksSurviveUntilItComesBack()
    {
        var one = await TestScheduler.SubscribeAsync(cluster);
        await one.RunAsync("t");
        await one.DisposeAsync();
        await Wait.UntilAsync(() => cluster.Faults.OpenStreams == 0);

        await using var two = await TestScheduler.SubscribeAsync(cluster, id: one.FrameworkId);

        await two.ReconcileAsync();
        await two.StatusAsync("t", TaskState.TaskRunning);
    }

    [Fact]
    public async Task FailoverTimeout_Expires_RemovesTheFramework()
    {
        var framework = TestScheduler.Framework();
        framework.FailoverTimeout = 10; // scaled: 100 ms
        var scheduler = await TestScheduler.SubscribeAsync(cluster, framework.Clone());
        await scheduler.RunAsync("t");
        await scheduler.DisposeAsync();

        await Wait.UntilAsync(() => cluster.Tasks.Active == 0);

        framework.Id = new() { Value = scheduler.FrameworkId };
        await using var late = await TestScheduler.OpenAsync(cluster, new() { FrameworkInfo = framework });
        Assert.Equal("Framework has been removed", (await late.NextAsync(Event.Types.Type.Error)).Error.Message);
        await late.Ended;
    }

    [Fact]
    public async Task FailoverTimeout_None_RemovesAtOnce()
    {
        var framework = TestScheduler.Framework();
        framework.FailoverTimeout = 0;
        var scheduler = await TestScheduler.SubscribeAsync(cluster, framework);
        await scheduler.RunAsync("t");

        await scheduler.DisposeAsync();

        await Wait.UntilAsync(() => cluster.Tasks.Active == 0);
    }

    [Fact]
    public async Task FailoverTimeout_OldTimerFires_AfterItCameBack_ChangesNothing()
    {
        var framework = TestScheduler.Framework();
        framework.FailoverTimeout = 30; // scaled: 300 ms
        var one = await TestScheduler.SubscribeAsync(cluster, framework.Clone());
        await one.RunAsync("t");
        await one.DisposeAsync();
        await Wait.UntilAsync(() => cluster.Faults.OpenStreams == 0);
        await using var two = await TestScheduler.SubscribeAsync(cluster, framework.Clone(), id: one.FrameworkId);

        await Task.Delay(400);

        Assert.Equal(1, cluster.Tasks.Active);
        await two.CallAsync(new() { Type = Call.Types.Type.Revive });
    }

    [Fact]
    public async Task Teardown_EndsAllWithoutAWord()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.RunAsync("t");

        await scheduler.CallAsync(new() { Type = Call.Types.Type.Teardown });

        await scheduler.Ended;
        Assert.Equal(0, cluster.Tasks.Active);
        Assert.Equal(0, scheduler.Count(Event.Types.Type.Error) + scheduler.Count(Event.Types.Type.Update));
        var framework = TestScheduler.Framework();
        framework.Id = new() { Value = scheduler.FrameworkId };
        await using var late = await TestScheduler.OpenAsync(cluster, new() { FrameworkInfo = framework });
        Assert.Equal("Framework has been removed", (await late.NextAsync(Event.Types.Type.Error)).Error.Message);
    }

    [Fact]
    public async Task RemovedFrameworks_BeyondTheLimit_AreForgotten()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
            ids.Add(scheduler.FrameworkId);
            await scheduler.CallAsync(new() { Type = Call.Types.Type.Teardown });
        }

        await using var again = await TestScheduler.SubscribeAsync(cluster, id: ids[0]); // room is for two

        Assert.Equal(ids[0], again.FrameworkId);
    }

    [Fact]
    public async Task UpdateFramework_ChangesRoles_AndRefusesWhatMayNotChange()
    {
        await using var scheduler = await TestScheduler.SubscribeAsync(cluster);
        await scheduler.OfferAsync();
        var update = TestScheduler.Framework();
        update.Id = new() { Value = scheduler.FrameworkId };
        update.Roles[0] = "other";
        var call = new Call
        {
            Type = Call.Types.Type.UpdateFramework,
            UpdateFramework = new() { FrameworkInfo = update },
        };

        Assert.Equal((HttpStatusCode.OK, ""), await scheduler.TryCallAsync(call));

        await scheduler.NextAsync(Event.Types.Type.Rescind);
        update.User = "nobody";
        Assert.Equal(HttpStatusCode.BadRequest, (await scheduler.TryCallAsync(call)).Status);
    }
}
