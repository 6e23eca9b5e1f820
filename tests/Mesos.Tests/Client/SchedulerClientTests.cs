using System.Text;
using Chronos.Mesos.Client;
using Chronos.Mesos.Http;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Mesos.Tests.Client;

public sealed class SchedulerClientTests
{
    private static readonly Call Revive = new() { Type = Call.Types.Type.Revive };

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-protobuf")]
    public async Task Subscribe_FirstTime_SpeaksAsMastersWant(string mediaType)
    {
        await using var master = await FakeMaster.StartAsync();
        await using var client = new ClientHarness(
            [master.Address], options: new() { Codec = MessageCodec.Find(mediaType)! });

        var stream = await master.NextStreamAsync();
        Assert.Equal("subscribed f-0000", await client.NextAsync());
        Assert.True(client.Client.TrySend(Revive.Clone()));
        var call = await master.NextCallAsync();

        var subscribe = master.Subscriptions.First();
        Assert.Null(subscribe.FrameworkId);
        Assert.Null(subscribe.Subscribe.FrameworkInfo.Id);
        Assert.Equal(604800, subscribe.Subscribe.FrameworkInfo.FailoverTimeout);
        Assert.True(subscribe.Subscribe.FrameworkInfo.Checkpoint);
        Assert.Equal("f-0000", call.FrameworkId.Value);
        var (first, second) = (master.Headers.First(), master.Headers.Last());
        Assert.Equal((mediaType, mediaType), (first["Content-Type"], first["Accept"]));
        Assert.False(first.ContainsKey("Mesos-Stream-Id"));
        Assert.Equal((mediaType, stream.Id), (second["Content-Type"], second["Mesos-Stream-Id"]));
        Assert.DoesNotContain(master.Headers, headers => headers.ContainsKey("Expect"));
    }

    [Fact]
    public async Task Stream_Ends_SubscribesAgainWithBothIds()
    {
        await using var master = await FakeMaster.StartAsync();
        await using var client = new ClientHarness([master.Address]);
        (await master.NextStreamAsync()).Close();

        await master.NextStreamAsync();

        Assert.Equal("subscribed f-0000", await client.NextAsync());
        Assert.Equal("disconnected: The master closed the event stream.", await client.NextAsync());
        Assert.Equal("subscribed f-0000", await client.NextAsync());
        var again = master.Subscriptions.Last();
        Assert.Equal(("f-0000", "f-0000"), (again.FrameworkId.Value, again.Subscribe.FrameworkInfo.Id.Value));
    }

    [Fact]
    public async Task Stream_SilentForTooLong_IsDroppedAndSubscribedAnew()
    {
        await using var master = await FakeMaster.StartAsync();
        master.HeartbeatSeconds = 0.05;
        await using var client = new ClientHarness([master.Address], "f-1");
        var first = await master.NextStreamAsync();

        await master.NextStreamAsync();

        await first.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("subscribed f-0000", await client.NextAsync());
        Assert.Contains("silent for 0.3 s", await client.NextAsync());
    }

    [Theory]
    [InlineData("Framework failed over", SessionEndKind.FailedOver)]
    [InlineData("Framework has been removed", SessionEndKind.Removed)]
    [InlineData("Completed framework attempted to re-register", SessionEndKind.Removed)]
    public async Task Error_Final_StopsForGood(string text, SessionEndKind kind)
    {
        await using var master = await FakeMaster.StartAsync();
        await using var client = new ClientHarness([master.Address], "f-1");
        (await master.NextStreamAsync()).SendError(text);

        var end = await client.Running.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(kind, end.Kind);
        Assert.Single(master.Subscriptions);
    }

    [Fact]
    public async Task Error_InsteadOfSubscribed_IsJudgedAlike()
    {
        await using var master = await FakeMaster.StartAsync();
        master.Intercept = async (context, _) =>
        {
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Headers["Mesos-Stream-Id"] = "s";
            var stream = new FakeStream(MessageCodec.Protobuf, "s");
            stream.SendError("Framework has been removed");
            stream.Close();
            await stream.CopyToAsync(context.Response.Body, context.RequestAborted);
            return true;
        };
        await using var client = new ClientHarness([master.Address], "f-1");

        Assert.Equal(SessionEndKind.Removed, (await client.Running.WaitAsync(TimeSpan.FromSeconds(20))).Kind);
    }

    [Fact]
    public async Task Error_OfAnyOtherKind_IsTriedAgain()
    {
        await using var master = await FakeMaster.StartAsync();
        await using var client = new ClientHarness([master.Address], "f-1");
        (await master.NextStreamAsync()).SendError("The dice fell badly");

        await master.NextStreamAsync();

        Assert.Equal(2, master.Subscriptions.Count);
    }

    [Fact]
    public async Task Redirect_ToTheLeader_IsFollowedWithBodyAndCredentials()
    {
        await using var leader = await FakeMaster.StartAsync();
        await using var other = await FakeMaster.StartAsync();
        other.Intercept = RedirectTo(leader);
        var credentials = MasterCredentials.TryCreate("chronos", "pässword", out _);
        await using var client = new ClientHarness([other.Address], "f-1", new() { Credentials = credentials });

        await leader.NextStreamAsync();

        Assert.Equal("f-1", leader.Subscriptions.First().FrameworkId.Value);
        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("chronos:pässword"));
        Assert.Equal(expected, leader.Headers.First()["Authorization"]);
    }

    [Fact]
    public async Task Redirect_InACircle_IsNotFollowedForEver()
    {
        await using var one = await FakeMaster.StartAsync();
        await using var other = await FakeMaster.StartAsync();
        one.Intercept = RedirectTo(other);
        other.Intercept = RedirectTo(one);
        await using var client = new ClientHarness([one.Address], "f-1");

        Assert.Contains("in a circle", await client.NextAsync());
    }

    [Fact]
    public async Task Redirect_ToItself_IsNotFollowed()
    {
        await using var master = await FakeMaster.StartAsync();
        master.Intercept = RedirectTo(master);
        await using var client = new ClientHarness([master.Address], "f-1");

        Assert.Contains("names itself as the leader", await client.NextAsync());
    }

    [Theory]
    [InlineData(503, "No leader elected")]
    [InlineData(404, "")]
    public async Task Subscribe_MasterNotReady_IsTriedAgain(int status, string text)
    {
        await using var master = await FakeMaster.StartAsync();
        var refusals = 3;
        master.Intercept = async (context, _) =>
        {
            if (refusals-- <= 0) return false;
            await FakeMaster.RefuseAsync(context, status, text);
            return true;
        };
        await using var client = new ClientHarness([master.Address], "f-1");

        await master.NextStreamAsync();

        Assert.Equal(4, master.Subscriptions.Count);
        Assert.Contains($"answered {status}", await client.NextAsync());
    }

    [Fact]
    public async Task Subscribe_Unauthorized_WaitsForAnOperator()
    {
        await using var master = await FakeMaster.StartAsync();
        master.Intercept = async (context, _) =>
        {
            await FakeMaster.RefuseAsync(context, 401, "401 Unauthorized");
            return true;
        };
        await using var client = new ClientHarness(
            [master.Address], "f-1", options: new() { RefusedPause = TimeSpan.FromHours(1) });

        Assert.Contains(
            "answered 401 Unauthorized; it wants another mesos-authentication-principal", await client.NextAsync());
        await Task.Delay(100);
        Assert.Single(master.Subscriptions);
    }

    [Fact]
    public async Task Call_WithAStaleStream_MeansThatAnotherLeads()
    {
        await using var master = await FakeMaster.StartAsync();
        master.Intercept = RefuseCalls(400, "The stream ID 'x' included in this request didn't match");
        await using var client = new ClientHarness([master.Address], "f-1");
        await master.NextStreamAsync();
        await client.NextAsync();

        client.Client.TrySend(Revive.Clone());

        Assert.Equal(SessionEndKind.FailedOver, (await client.Running.WaitAsync(TimeSpan.FromSeconds(20))).Kind);
        Assert.Single(master.Subscriptions);
    }

    [Theory]
    [InlineData(403, "Framework is not subscribed")]
    [InlineData(400, "Framework cannot be found")]
    [InlineData(503, "")]
    [InlineData(307, "")]
    public async Task Call_SessionIsDead_SubscribesAnew(int status, string text)
    {
        await using var master = await FakeMaster.StartAsync();
        master.Intercept = RefuseCalls(status, text);
        await using var client = new ClientHarness([master.Address], "f-1");
        await master.NextStreamAsync();
        await client.NextAsync();

        client.Client.TrySend(Revive.Clone());

        await master.NextStreamAsync();
        Assert.Equal(2, master.Subscriptions.Count);
    }

    [Fact]
    public async Task Call_WrongInItself_IsToldAndTheSubscriptionGoesOn()
    {
        await using var master = await FakeMaster.StartAsync();
        master.Intercept = async (context, call) =>
        {
            if (call?.Type != Call.Types.Type.Accept) return false;
            await FakeMaster.RefuseAsync(context, 400, "Failed to validate scheduler::Call");
            return true;
        };
        await using var client = new ClientHarness([master.Address], "f-1");
        await master.NextStreamAsync();
        await client.NextAsync();

        client.Client.TrySend(new() { Type = Call.Types.Type.Accept, Accept = new() });
        client.Client.TrySend(Revive.Clone());

        Assert.Equal(
            "refused Accept: Accept was answered with 400 Failed to validate scheduler::Call",
            await client.NextAsync());
        Assert.Equal(Call.Types.Type.Revive, (await master.NextCallAsync()).Type);
        Assert.Single(master.Subscriptions);
    }

    [Fact]
    public async Task Calls_Many_GoOneAtATimeAndInOrder()
    {
        await using var master = await FakeMaster.StartAsync();
        var (atOnce, most) = (0, 0);
        master.Intercept = async (_, call) =>
        {
            if (call?.Type != Call.Types.Type.Kill) return false;
            most = Math.Max(most, Interlocked.Increment(ref atOnce));
            await Task.Delay(1);
            Interlocked.Decrement(ref atOnce);
            return false;
        };
        await using var client = new ClientHarness([master.Address], "f-1");
        await master.NextStreamAsync();
        await client.NextAsync();
        var ids = Enumerable.Range(0, 50).Select(i => $"t{i}").ToArray();

        foreach (var id in ids)
        {
            var kill = new Call.Types.Kill { TaskId = new() { Value = id } };
            client.Client.TrySend(new() { Type = Call.Types.Type.Kill, Kill = kill });
        }

        var seen = new List<string>();
        foreach (var _ in ids) seen.Add((await master.NextCallAsync()).Kill.TaskId.Value);
        Assert.Equal(ids, seen);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Calls_WithoutATurnWhenTheSubscriptionEnds_AreHandedBack()
    {
        await using var master = await FakeMaster.StartAsync();
        var go = new TaskCompletionSource();
        var refuse = RefuseCalls(503, "");
        master.Intercept = async (context, call) =>
        {
            if (call?.Type == Call.Types.Type.Revive) await go.Task;
            return await refuse(context, call);
        };
        await using var client = new ClientHarness([master.Address], "f-1");
        await master.NextStreamAsync();
        await client.NextAsync();

        for (var i = 0; i < 5; i++) Assert.True(client.Client.TrySend(Revive.Clone()));
        go.SetResult();

        Assert.StartsWith("disconnected", await client.NextAsync());
        Assert.Equal(4, client.Unsent.Count); // the first was sent, and the others waited for its answer
    }

    [Fact]
    public async Task Acknowledge_OnlyWithUuid_GoesOutVerbatim()
    {
        await using var master = await FakeMaster.StartAsync();
        await using var client = new ClientHarness([master.Address], "f-1");
        await master.NextStreamAsync();
        await client.NextAsync();
        var status = new TaskStatus
        {
            TaskId = new() { Value = "t" },
            AgentId = new() { Value = "a" },
            State = TaskState.TaskRunning,
        };

        Assert.False(client.Client.Acknowledge(status));
        status.Uuid = ByteString.CopyFrom(Guid.NewGuid().ToByteArray(bigEndian: true));
        Assert.True(client.Client.Acknowledge(status));

        var call = await master.NextCallAsync();
        Assert.Equal(Call.Types.Type.Acknowledge, call.Type);
        Assert.Equal(("t", "a", status.Uuid),
            (call.Acknowledge.TaskId.Value, call.Acknowledge.AgentId.Value, call.Acknowledge.Uuid));
    }

    [Fact]
    public async Task Event_Unreadable_IsPassedOver()
    {
        await using var master = await FakeMaster.StartAsync();
        await using var client = new ClientHarness([master.Address], "f-1");
        var stream = await master.NextStreamAsync();
        stream.SendBytes([(byte)'2', (byte)'\n', 0x12, 0x7f]);
        stream.Send(new() { Type = Event.Types.Type.Rescind, Rescind = new() { OfferId = new() { Value = "o" } } });

        Assert.Equal("subscribed f-0000", await client.NextAsync());
        Assert.Equal("Rescind", await client.NextAsync());
    }

    [Fact]
    public async Task Stream_NoRecords_IsDropped()
    {
        await using var master = await FakeMaster.StartAsync();
        await using var client = new ClientHarness([master.Address], "f-1");
        (await master.NextStreamAsync()).SendBytes("<html>"u8.ToArray());

        await master.NextStreamAsync();

        await client.NextAsync();
        Assert.Contains("length of a record", await client.NextAsync());
    }

    [Fact]
    public async Task Subscribe_Again_SaysWhatIsWantedNow()
    {
        await using var master = await FakeMaster.StartAsync();
        await using var client = new ClientHarness([master.Address], framework: new() { Roles = ["a", "b"] });
        var stream = await master.NextStreamAsync();
        Assert.Empty(master.Subscriptions.First().Subscribe.SuppressedRoles);

        client.Client.IsSuppressed = true;
        client.Client.ProvisionalFailoverTimeout = TimeSpan.FromMinutes(1);
        stream.Close();
        await master.NextStreamAsync();

        var again = master.Subscriptions.Last().Subscribe;
        Assert.Equal(["a", "b"], again.SuppressedRoles);
        Assert.Equal(60, again.FrameworkInfo.FailoverTimeout);
    }

    private static Func<HttpContext, Call?, Task<bool>> RedirectTo(FakeMaster leader) => (context, _) =>
    {
        context.Response.StatusCode = 307;
        context.Response.Headers.Location = $"//{leader.Address.Host}:{leader.Address.Port}/master/api/v1/scheduler";
        return Task.FromResult(true);
    };

    private static Func<HttpContext, Call?, Task<bool>> RefuseCalls(int status, string text) => async (context, call) =>
    {
        if (call?.Type is null or Call.Types.Type.Subscribe) return false;
        await FakeMaster.RefuseAsync(context, status, text);
        return true;
    };
}
