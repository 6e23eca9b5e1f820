using System.Text;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Wire;
using Xunit;

namespace Mesos.Tests.Detection;

public sealed class MasterElectionTests
{
    private const string Content =
        """
        {"address":{"hostname":"m1.example","ip":"10.0.0.11","port":5051},"capabilities":[{"type":"AGENT_UPDATE"}],
        "hostname":"m1.example","id":"6f6a2e2c","ip":184549386,"pid":"master@10.0.0.11:5050","port":5050}
        """;

    [Theory]
    [InlineData("json.info_0000000009 json.info_0000000010 log_replicas", "json.info_0000000009")]
    [InlineData("json.info_10000000000 json.info_9999999999", "json.info_9999999999")]
    [InlineData("log_replicas other json.info_x", null)]
    [InlineData("", null)]
    public void LeaderOf_Children_IsTheSmallestNumber(string children, string? leader) =>
        Assert.Equal(leader, MasterElection.LeaderOf(children.Split(' ')));

    [Fact]
    public void AddressOf_Leader_IsItsIpOrForTlsItsName()
    {
        Assert.Equal(new("10.0.0.11", 5051, false), AddressOf(Content, usesTls: false));
        Assert.Equal(new("m1.example", 5051, true), AddressOf(Content, usesTls: true));
        Assert.Equal(
            new("10.0.0.11", 5050, false), AddressOf("""{"id":"m","ip":184549386,"port":5050}""", usesTls: false));
    }

    [Fact]
    public void AddressOf_SomethingElse_IsRefused()
    {
        Assert.Throws<MessageFormatException>(() => AddressOf("no json", usesTls: false));
        Assert.Throws<MessageFormatException>(() => MasterElection.AddressOf("info_0000000001", default, false));
    }

    private static MasterAddress AddressOf(string content, bool usesTls) =>
        MasterElection.AddressOf("json.info_0000000001", Encoding.UTF8.GetBytes(content), usesTls);
}
