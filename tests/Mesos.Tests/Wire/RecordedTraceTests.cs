using System.Buffers;
using System.Text.Json.Nodes;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Mesos.Tests.Recorded;
using Xunit;

namespace Mesos.Tests.Wire;

/// <summary>What a running master said is read whole: every field of every event has a place in our
/// messages.</summary>
public sealed class RecordedTraceTests
{
    private readonly RecordedTrace trace = new();

    [Fact]
    public async Task Streams_Events_AreTheRecordedOnes()
    {
        var (first, second, third) = (await EventsAsync(1), await EventsAsync(45), await EventsAsync(48));

        Assert.Equal([1, 45, 48], trace.Streams);
        Assert.Equal(Event.Types.Type.Subscribed, first[0].Type);
        Assert.Equal("9b9c5516-aaa5-4b8a-9cb3-f7c7a0cbf221-0000", first[0].Subscribed.FrameworkId.Value);
        Assert.Equal(15, first[0].Subscribed.HeartbeatIntervalSeconds);
        Assert.Equal(Event.Types.Type.Heartbeat, first[1].Type);
        Assert.Equal("Framework failed over", first[^1].Error.Message);
        Assert.Equal([Event.Types.Type.Subscribed, Event.Types.Type.Heartbeat], second.Select(e => e.Type));
        Assert.Equal("Framework has been removed", Assert.Single(third).Error.Message);
    }

    [Fact]
    public async Task Streams_EveryField_IsKept()
    {
        foreach (var stream in trace.Streams)
        {
            var reader = new RecordReader(ChunkedPipe.Of(trace.StreamOf(stream), () => 100));
            while (await reader.ReadAsync(CancellationToken.None) is { } record)
            {
                var recorded = JsonNode.Parse(record.ToArray());
                var message = MessageCodec.Json.Decode<Event>(record);
                AssertContains(recorded, JsonNode.Parse(MessageCodec.Json.Encode(message)), "");
            }
        }
    }

    [Fact]
    public async Task Streams_ThroughProtobuf_StayEqual()
    {
        foreach (var stream in trace.Streams)
            foreach (var message in await EventsAsync(stream))
                Assert.Equal(message, MessageCodec.Protobuf.Decode<Event>(new(MessageCodec.Protobuf.Encode(message))));
    }

    [Fact]
    public void Requests_EveryField_IsKept()
    {
        var count = 0;
        foreach (var body in trace.RequestBodies)
        {
            var call = MessageCodec.Json.Decode<Call>(new(body));
            AssertContains(JsonNode.Parse(body), JsonNode.Parse(MessageCodec.Json.Encode(call)), "");
            Assert.Equal(call, MessageCodec.Protobuf.Decode<Call>(new(MessageCodec.Protobuf.Encode(call))));
            count++;
        }

        Assert.Equal(48, count);
    }

    private async Task<List<Event>> EventsAsync(int stream)
    {
        var reader = new RecordReader(ChunkedPipe.Of(trace.StreamOf(stream), () => 7));
        var events = new List<Event>();
        while (await reader.ReadAsync(CancellationToken.None) is { } record)
            events.Add(MessageCodec.Json.Decode<Event>(record));
        Assert.False(reader.EndedInsideRecord);
        return events;
    }

    private static void AssertContains(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields) AssertContains(value, actual?[name], $"{path}.{name}");
                break;
            case JsonArray items:
                Assert.True(items.Count == (actual?.AsArray().Count ?? 0), $"{path} has another length.");
                for (var i = 0; i < items.Count; i++) AssertContains(items[i], actual![i], $"{path}[{i}]");
                break;
            case JsonValue value when value.TryGetValue<double>(out var number):
                Assert.True(number == double.Parse(actual?.ToString() ?? "NaN"), $"{path} is {actual}, not {value}.");
                break;
            default:
                Assert.True(expected?.ToString() == actual?.ToString(), $"{path} is {actual}, not {expected}.");
                break;
        }
    }
}
