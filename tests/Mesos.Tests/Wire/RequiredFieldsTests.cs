using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Google.Protobuf;
using Mesos.Tests.Offers;
using Xunit;

namespace Mesos.Tests.Wire;

/// <summary>Agrees with protobuf's own check, which is slower.</summary>
public sealed class RequiredFieldsTests
{
    public static TheoryData<string> Cases => [.. Messages.Keys];

    private static readonly Dictionary<string, IMessage> Messages = new()
    {
        ["nothing required"] = new Labels(),
        ["required and missing"] = new TaskInfo { Name = "n" },
        ["required and set"] = new TaskID { Value = "" },
        ["missing in a field"] = new Call { Type = Call.Types.Type.Kill, Kill = new() { TaskId = new() } },
        ["set in a field"] = new Call { Type = Call.Types.Type.Kill, Kill = new() { TaskId = new() { Value = "t" } } },
        ["missing in a list"] = new Labels { Labels_ = { new Label { Key = "k" }, new Label() } },
        ["set in a list"] = OfferSamples.Offer("o", "a", cpus: 1).WithText("rack", "r"),
        ["missing in a map"] = new TaskInfo
        {
            Name = "n", TaskId = new() { Value = "t" }, AgentId = new() { Value = "a" },
            Limits = { ["cpus"] = new Value.Types.Scalar() },
        },
        ["a type that holds itself"] = new ContainerID { Value = "c", Parent = new() { Parent = new() } },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void AreSet_Message_IsAsProtobufSays(string name)
    {
        var message = Messages[name];

        Assert.Equal(message.IsInitialized(), RequiredFields.AreSet(message));
    }
}
