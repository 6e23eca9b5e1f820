using System.Text;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Google.Protobuf;
using Xunit;

namespace Mesos.Tests.Wire;

public sealed class MessageCodecTests
{
    [Fact]
    public void JsonDecode_LargeInteger_StaysExact()
    {
        Assert.Equal(1470820172000000001, Decode<TimeInfo>("""{"nanoseconds":1470820172000000001}""").Nanoseconds);
        Assert.Equal(1470820172000000001, Decode<TimeInfo>("""{"nanoseconds":"1470820172000000001"}""").Nanoseconds);
        Assert.Equal(-9223372036854775808, Decode<TimeInfo>("""{"nanoseconds":-9223372036854775808}""").Nanoseconds);
        var range = Decode<Value.Types.Range>("""{"begin":18446744073709551615,"end":18446744073709551615}""");
        Assert.Equal(ulong.MaxValue, range.End);
    }

    [Fact]
    public void JsonDecode_Scalars_AreTakenInEveryForm()
    {
        Assert.Equal(0.5, Decode<Value.Types.Scalar>("""{"value":"0.5"}""").Value);
        Assert.Equal(double.PositiveInfinity, Decode<Value.Types.Scalar>("""{"value":"Infinity"}""").Value);
        Assert.Equal(3, Decode<Value.Types.Scalar>("""{"value":3}""").Value);
        Assert.Equal(0.12345678901234568, Decode<Value.Types.Scalar>("""{"value":0.12345678901234568}""").Value);
        Assert.Equal(5050u, Decode<MasterInfo>("""{"id":"m","ip":1,"port":"5050"}""").Port);
    }

    [Fact]
    public void JsonDecode_UnknownFieldsAndWords_AreLeftOut()
    {
        var message = Decode<Event>("""{"type":"SOMETHING_NEW","something_new":{"a":[1,{"b":null}]}}""");

        Assert.False(message.HasType);
    }

    [Fact]
    public void JsonDecode_NullsRepeatedNamesAndMaps_AreReadAsMastersDo()
    {
        var status = Decode<TaskStatus>(
            """{"task_id":{"value":"a"},"task_id":{"value":"b"},"state":"TASK_LOST","reason":null,"healthy":"true"}""");
        var task = Decode<TaskInfo>(
            """
            {"name":"n","task_id":{"value":"t"},"agent_id":{"value":"a"},"limits":{"cpus":{"value":"Infinity"}},
            "labels":{"labels":{"key":"k"}}}
            """);

        Assert.Equal(("b", false, true), (status.TaskId.Value, status.HasReason, status.Healthy));
        Assert.Equal(double.PositiveInfinity, task.Limits["cpus"].Value);
        Assert.Equal("k", Assert.Single(task.Labels.Labels_).Key);
        Assert.Equal(task, Decode<TaskInfo>(Encoding.UTF8.GetString(MessageCodec.Json.Encode(task))));
    }

    [Fact]
    public void ProtobufDecode_UnknownEventType_IsNoKnownOne()
    {
        var message = MessageCodec.Protobuf.Decode<Event>(new([0x08, 99]));

        Assert.False(Enum.IsDefined(message.Type));
    }

    [Theory]
    [InlineData("""{"type":"UPDATE","update":{}}""")]
    [InlineData("""{"type":"SUBSCRIBED","subscribed":"no object"}""")]
    [InlineData("""{"type":"UPDATE" """)]
    [InlineData("""{"type":"UPDATE"} and more""")]
    [InlineData("""{"type":4}""")]
    [InlineData("""[]""")]
    [InlineData("""{"failure":{"status":"x"}}""")]
    [InlineData("""{"failure":{"status":1.5}}""")]
    [InlineData("no json")]
    [InlineData("")]
    public void JsonDecode_BadText_IsRefused(string text) =>
        Assert.Throws<MessageFormatException>(() => Decode<Event>(text));

    [Fact]
    public void ProtobufDecode_BadBytes_IsRefused()
    {
        Assert.Throws<MessageFormatException>(() => MessageCodec.Protobuf.Decode<Event>(new([0x12, 0x7f, 1])));
        Assert.Throws<MessageFormatException>(() => MessageCodec.Protobuf.Decode<TimeInfo>(new([])));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-protobuf")]
    public void Encode_MissingRequiredField_NamesTheMessage(string mediaType)
    {
        var codec = MessageCodec.Find(mediaType)!;

        var fault = Assert.Throws<MessageFormatException>(() => codec.Encode(new TaskInfo { Name = "n" }));

        Assert.Contains("mesos.v1.TaskInfo", fault.Message);
    }

    [Fact]
    public void JsonEncode_Names_AreThoseOfTheProtocol()
    {
        var call = new Call
        {
            FrameworkId = new() { Value = "F" },
            Type = Call.Types.Type.Acknowledge,
            Acknowledge = new()
            {
                AgentId = new() { Value = "S" },
                TaskId = new() { Value = "ä" },
                Uuid = ByteString.CopyFrom(0xfb, 0xff),
            },
        };

        Assert.Equal(
            """{"framework_id":{"value":"F"},"type":"ACKNOWLEDGE","""
            + """ "acknowledge":{"agent_id":{"value":"S"},"task_id":{"value":"ä"},"uuid":"+/8="}}""".Trim(),
            Encoding.UTF8.GetString(MessageCodec.Json.Encode(call)).Replace(" ", ""));
    }

    [Fact]
    public void MediaTypes_HaveNoCharset()
    {
        Assert.Equal("application/json", MessageCodec.Json.MediaType);
        Assert.Equal("application/x-protobuf", MessageCodec.Protobuf.MediaType);
        Assert.Null(MessageCodec.Find("application/json; charset=utf-8"));
    }

    private static T Decode<T>(string json)
        where T : IMessage<T>, new() => MessageCodec.Json.Decode<T>(new(Encoding.UTF8.GetBytes(json)));
}
