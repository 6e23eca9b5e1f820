using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Testing;
using Google.Protobuf;
using Mesos.Tests.Simulator;
using Xunit;

namespace Mesos.Tests.Client;

/// <summary>An acknowledgement may be taken twice, so the loss of its answer ends no subscription at once.</summary>
public sealed class AcknowledgementTests
{
    [Fact]
    public async Task Acknowledge_WithoutAnAnswer_IsSentAgainAndTheSubscriptionGoesOn()
    {
        await using var master = await FakeMaster.StartAsync();
        var tries = 0;
        master.Intercept = (context, call) =>
        {
            if (call?.Type != Call.Types.Type.Acknowledge || ++tries > 1) return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };
        await using var client = new ClientHarness([master.Address], "f-1");
        await master.NextStreamAsync();
        await client.NextAsync();

        Assert.True(client.Client.Acknowledge(Status()));

        Assert.Equal("t", (await master.NextCallAsync()).Acknowledge.TaskId.Value);
        Assert.Equal(2, tries);
        Assert.Single(master.Subscriptions);
    }

    [Fact]
    public async Task Acknowledge_NeverAnswered_EndsTheSubscription()
    {
        await using var master = await FakeMaster.StartAsync();
        var tries = 0;
        master.Intercept = (context, call) =>
        {
            if (call?.Type != Call.Types.Type.Acknowledge) return Task.FromResult(false);
            tries++;
            context.Abort();
            return Task.FromResult(true);
        };
        await using var client = new ClientHarness([master.Address], "f-1");
        await master.NextStreamAsync();
        await client.NextAsync();

        Assert.True(client.Client.Acknowledge(Status()));

        Assert.StartsWith("disconnected: A call got no answer", await client.NextAsync());
        await master.NextStreamAsync();
        Assert.Equal(2, tries);
    }

    /// <summary>Agents repeat a status until it is acknowledged, and a busy queue must not grow by that.</summary>
    [Fact]
    public async Task Acknowledge_OfARepetition_WaitsForNoTurnOfItsOwn()
    {
        await using var master = await FakeMaster.StartAsync();
        using var go = new SemaphoreSlim(0);
        master.Intercept = async (_, call) =>
        {
            if (call?.Type == Call.Types.Type.Acknowledge) await go.WaitAsync();
            return false;
        };
        await using var client = new ClientHarness([master.Address], "f-1");
        await master.NextStreamAsync();
        await client.NextAsync();
        var status = Status();

        for (var i = 0; i < 10; i++) Assert.True(client.Client.Acknowledge(status));

        Assert.Equal(1, client.Client.OpenCalls);
        go.Release(100);
        await master.NextCallAsync();
        await Wait.UntilAsync(() => client.Client.OpenCalls == 0);
        Assert.True(client.Client.Acknowledge(status)); // the first may have been lost behind the master
        await master.NextCallAsync();
    }

    private static TaskStatus Status() => new()
    {
        TaskId = new() { Value = "t" },
        AgentId = new() { Value = "a" },
        State = TaskState.TaskRunning,
        Uuid = ByteString.CopyFrom(Guid.NewGuid().ToByteArray(bigEndian: true)),
    };
}
