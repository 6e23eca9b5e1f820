using Chronos.Mesos.Detection;
using Xunit;

namespace Mesos.Tests.Detection;

public sealed class MasterSettingTests
{
    [Theory]
    [InlineData("http://m1:5050", "http://m1:5050")]
    [InlineData("m1:5051", "http://m1:5051")]
    [InlineData("m1", "http://m1:5050")]
    [InlineData("https://m1/", "https://m1:5050")]
    [InlineData("http://m1:80", "http://m1:80")]
    [InlineData("https://[::1]:5050", "https://[::1]:5050")]
    [InlineData("http://m1:5050, http://m2:5050,m1", "http://m1:5050 http://m2:5050")]
    public void TryParse_Addresses_AreRead(string text, string expected)
    {
        Assert.True(MasterSetting.TryParse(text, out var setting, out _));

        var addresses = Assert.IsType<MasterSetting.Addresses>(setting);
        Assert.Equal(expected, string.Join(' ', addresses.Masters));
    }

    [Theory]
    [InlineData("zk://h1:2181,h2:2182/mesos", "h1:2181,h2:2182", "/mesos")]
    [InlineData("zk://h1,h2,h3/mesos/prod/", "h1:2181,h2:2181,h3:2181", "/mesos/prod")]
    [InlineData("zk://user:hunter2@h1/mesos", "h1:2181", "/mesos")]
    [InlineData("zk://h1", "h1:2181", "/")]
    public void TryParse_ZooKeeper_IsRead(string text, string servers, string path)
    {
        Assert.True(MasterSetting.TryParse(text, out var setting, out _));

        var address = Assert.IsType<MasterSetting.ZooKeeper>(setting).Address;
        Assert.Equal((servers, path), (string.Join(',', address.Servers), address.Chroot));
        Assert.Equal(text.Contains('@'), address.Credential is not null);
        Assert.DoesNotContain("hunter2", setting.ToString());
    }

    [Theory]
    [InlineData("", "The address of a master is needed.")]
    [InlineData("local", "There is no master inside this process.")]
    [InlineData("http://m1:5050/mesos", "Each master is")]
    [InlineData("http://user:hunter2@m1:5050", "Each master is")]
    [InlineData("ftp://m1", "Each master is")]
    [InlineData("m1,,m2", "Each master is")]
    [InlineData("zk:///mesos", "names no server")]
    [InlineData("zk://user@h1/mesos", "user:password")]
    [InlineData("zk://u:hunter2@h1:x/mesos", "port")]
    public void TryParse_Wrong_SaysWhy(string text, string rule)
    {
        Assert.False(MasterSetting.TryParse(text, out _, out var violation));

        Assert.Contains(rule, violation.Rule);
        Assert.Equal("master", violation.Field);
        Assert.DoesNotContain("hunter2", violation.ToString());
    }
}
