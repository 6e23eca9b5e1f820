using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Google.Protobuf;
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

    private static TaskStatus Status() => new()
    {
        TaskId = new() { Value = "t" },
        AgentId = new() { Value = "a" },
        State = TaskState.TaskRunning,
        Uuid = ByteString.CopyFrom(Guid.NewGuid().ToByteArray(bigEndian: true)),
    };
}
