using Chronos.Configuration;
using Xunit;

namespace Chronos.Server.Tests.Cli;

public sealed class FlagParserTests
{
    [Theory]
    [InlineData("--http_port 4400 --mail_ssl --user bob", "http_port=4400 mail_ssl=- user=bob")]
    [InlineData("--http-port=4400 --drain=false", "http-port=4400 drain=false")]
    [InlineData("-web_port 8080 -mesos_zk=zk://h/m", "web_port=8080 mesos_zk=zk://h/m")]
    [InlineData("--drain true --demo --verbose no", "drain=true demo=- verbose=no")]
    [InlineData("--http-port --drain", "http-port=- drain=-")]
    [InlineData("--unknown value --user bob", "unknown=value user=bob")]
    [InlineData("--http-port -1", "http-port=-1")]
    [InlineData("--http-credentials-file /x", "http-credentials-file=/x")]
    public void Arguments_InEachForm_BecomeFlags(string arguments, string flags)
    {
        var parsed = FlagParser.Parse(arguments.Split(' '));

        Assert.Empty(parsed.Stray);
        Assert.Equal(flags, string.Join(' ', parsed.Flags.Select(flag => $"{flag.Name}={flag.Text ?? "-"}")));
    }

    [Fact]
    public void Words_AfterASwitch_AreStray() =>
        Assert.Equal(["x", "y"], FlagParser.Parse(["x", "--demo", "y"]).Stray);

    [Theory]
    [InlineData("--http_port", true)]
    [InlineData("--master=zk://x", true)]
    [InlineData("-web_port", true)]
    [InlineData("--config", true)]
    [InlineData("--help", false)]
    [InlineData("--url", false)]
    [InlineData("job", false)]
    public void FirstArgument_OfAStartScriptOfChronos_MeansServe(string argument, bool isFlag) =>
        Assert.Equal(isFlag, FlagParser.IsServeFlag(argument));
}
