using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>The address of an ensemble as text.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("zk://h1", "h1:2181", "/")]
    [InlineData("zk://h1:2181,h2,h3:5/chroot", "h1:2181 h2:2181 h3:5", "/chroot")]
    [InlineData("zk://h1/", "h1:2181", "/")]
    [InlineData("zk://h1/mesos/", "h1:2181", "/mesos")]
    [InlineData("zk://h1/a/b", "h1:2181", "/a/b")]
    [InlineData("zk://[::1],[fe80::2]:5/a", "[::1]:2181 [fe80::2]:5", "/a")]
    [InlineData("zk://user:pass@10.0.0.1:1,10.0.0.2:2/a", "10.0.0.1:1 10.0.0.2:2", "/a")]
    public void Parse_Valid_HasServersAndChroot(string text, string servers, string chroot)
    {
        var address = ZooKeeperAddress.Parse(text);

        Assert.Equal(servers.Split(' '), address.Servers.Select(s => s.ToString()));
        Assert.Equal(chroot, address.Chroot);
    }

    [Theory]
    [InlineData("zk://user:pass@h1/a", "user:pass")]
    [InlineData("zk://user:@h1", "user:")]
    [InlineData("zk://user:p@ss:w/rd@h1,h2/a", "user:p@ss:w/rd")]
    public void Parse_Credential_IsAllUpToTheLastAtSign(string text, string secret)
    {
        var credential = ZooKeeperAddress.Parse(text).Credential;

        Assert.Equal("digest", credential?.Scheme);
        Assert.Equal(secret, System.Text.Encoding.UTF8.GetString(credential!.Secret.Span));
    }

    [Theory]
    [InlineData("", "must begin with 'zk://'", "write zk://host1:2181")]
    [InlineData("h1:2181", "must begin with 'zk://'", "write zk://host1:2181")]
    [InlineData("zk://", "names no server", "write zk://host1:2181")]
    [InlineData("zk:///a", "names no server", "write zk://host1:2181")]
    [InlineData("zk://h1:0", "The port '0' of the server 'h1:0'", "from 1 to 65535")]
    [InlineData("zk://h1:65536", "The port '65536'", "from 1 to 65535")]
    [InlineData("zk://h1:x", "The port 'x'", "leave ':x' away")]
    [InlineData("zk://h1:", "The port ''", "from 1 to 65535")]
    [InlineData("zk://h1,,h2", "The server ''", "a comma only between servers")]
    [InlineData("zk://h1, h2", "The server ' h2'", "write a name")]
    [InlineData("zk://::1", "The port ':1'", "an IPv6 address in brackets")]
    [InlineData("zk://[::1", "The server '[::1'", "brackets")]
    [InlineData("zk://[1.2.3.4]:5", "The server '[1.2.3.4]:5'", "write [::1]:2181")]
    [InlineData("zk://[::1]x:5", "The server '[::1]x:5'", "write [::1]:2181")]
    [InlineData("zk://h1/a//b", "The path '/a//b'", "write one '/'")]
    [InlineData("zk://h1/..", "The path '/..'", "write the path in full")]
    [InlineData("zk://user@h1", "'user:password'", "write zk://user:password@")]
    [InlineData("zk://:pass@h1", "a user that is not empty", "write zk://user:password@")]
    public void Parse_Invalid_NamesPartValueRuleAndRemedy(string text, string problem, string remedy)
    {
        var exception = Assert.Throws<FormatException>(() => ZooKeeperAddress.Parse(text));

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_SeveralProblems_TellsAllAndNoPassword()
    {
        var text = "zk://us er:top-secret@h1:x,,h2:y/a//b";

        Assert.False(ZooKeeperAddress.TryParse(text, out var address, out var problems));
        Assert.Null(address);
        Assert.Equal(4, problems.Count);
        Assert.DoesNotContain("top-secret", string.Join(' ', problems), StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_Secret_IsMasked()
    {
        var address = ZooKeeperAddress.Parse("zk://user:top-secret@h1,h2:5/a");

        Assert.Equal("zk://***@h1:2181,h2:5/a", address.ToString());
        Assert.DoesNotContain("top-secret", $"{address.Credential}", StringComparison.Ordinal);
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedByName()
    {
        var address = ZooKeeperAddress.Parse("zk://h1");
        (string Name, ZooKeeperOptions Options)[] cases =
        [
            ("SessionTimeout", new() { Address = address, SessionTimeout = TimeSpan.Zero }),
            ("RequestBytesMax", new() { Address = address, RequestBytesMax = 1 }),
            ("ReplyBytesMax", new() { Address = address, ReplyBytesMax = -1 }),
            ("WaitingMax", new() { Address = address, WaitingMax = 0 }),
            ("names no server", new() { Address = address with { Servers = [] } }),
            ("begin with '/'", new() { Address = address with { Chroot = "a" } }),
        ];

        foreach (var (name, options) in cases)
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => Client.Open(options)).Message,
                StringComparison.Ordinal);
    }
}
