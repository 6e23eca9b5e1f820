using Chronos.Configuration;
using Chronos.Core.Jobs;
using Chronos.Mesos;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Offers;
using Chronos.Mesos.Wire;
using Chronos.Serving;
using Xunit;

namespace Chronos.Server.Tests.Cli;

/// <summary>Every setting of Mesos gets to where it has its effect.</summary>
public sealed class MesosSettingsTests
{
    private const string Master = "master=10.0.0.1:5050";

    [Fact]
    public void Engine_NothingButTheMaster_HasTheDefaults()
    {
        var options = Engine(Master);

        Assert.Equal(
            new MasterSetting.Addresses([new MasterAddress("10.0.0.1", 5050, UsesTls: false)]), options.Master);
        Assert.Equal(new() { WebUiUrl = "http://localhost:8080" }, options.Framework);
        Assert.Equal(TimeSpan.FromDays(7), options.Framework.FailoverTimeout);
        Assert.Null(options.Http.Credentials);
        Assert.Equal(PlacementPolicy.BinPack, options.Placement);
    }

    [Fact]
    public void Engine_EverySettingOfTheFramework_IsTaken()
    {
        var framework = Engine(
            Master, "mesos-framework-name=nightly", "user=batch", "mesos-role=a, b", "failover-timeout=60",
            "mesos-checkpoint=false", "mesos-authentication-principal=me", "mesos-gpus", "mesos-other-regions",
            "mesos-labels=team=data,stage=prod", "hostname=chronos.example").Framework;

        Assert.Equal(("nightly", "batch", "me"), (framework.Name, framework.User, framework.Principal));
        Assert.Equal<ValueList<string>>(["a", "b"], framework.Roles);
        Assert.Equal((TimeSpan.FromMinutes(1), false), (framework.FailoverTimeout, framework.Checkpoint));
        Assert.True(framework is { UseGpus: true, UseOtherRegions: true });
        Assert.Equal<ValueList<Label>>([new("team", "data"), new("stage", "prod")], framework.Labels);
        Assert.Equal(("chronos.example", "http://chronos.example:8080"), (framework.HostName, framework.WebUiUrl));
    }

    [Fact]
    public void Engine_EveryOtherSetting_IsTaken()
    {
        var options = Engine(
            "master=zk://u:p@h1:2181,h2:2181/mesos", "mesos-tls", "mesos-encoding=json", "mesos-placement=spread",
            "decline-offer-duration=3000", "min-revive-offers-interval=2000", "reconciliation-interval=30",
            "mesos-launch-timeout=7", "mesos-unreachable-timeout=8", "kill-grace=9s",
            "mesos-authentication-principal=me", "mesos-authentication-secret=s", "mesos-agent-principal=him",
            "mesos-agent-secret=t");

        Assert.IsType<MasterSetting.ZooKeeper>(options.Master);
        Assert.True(options.UsesTls);
        Assert.Same(MessageCodec.Json, options.Client.Codec);
        Assert.Equal(PlacementPolicy.Spread, options.Placement);
        Assert.Equal(TimeSpan.FromSeconds(3), options.DeclineTime);
        Assert.Equal(TimeSpan.FromSeconds(2), options.ReviveInterval);
        Assert.Equal(TimeSpan.FromSeconds(30), options.ReconcileInterval);
        Assert.Equal(TimeSpan.FromSeconds(7), options.LaunchTimeout);
        Assert.Equal(TimeSpan.FromSeconds(8), options.UnreachableTimeout);
        Assert.Equal(TimeSpan.FromSeconds(9), options.Tasks.KillGrace);
        Assert.Equal(("me:…", "him:…"), (options.Http.Credentials?.ToString(), options.AgentCredentials?.ToString()));
    }

    [Theory]
    [InlineData("http://a:1", "webui-url=http://a:1", "hostname=b")]
    [InlineData("http://localhost:80", "http-port=80")]
    [InlineData("", "http-port=0")]
    [InlineData("http://b:8080", "hostname=b")]
    public void Framework_LinkToTheServer_IsWhereItIsReached(string expected, params string[] flags) =>
        Assert.Equal(expected, Engine([Master, .. flags]).Framework.WebUiUrl);

    [Fact]
    public void Framework_ServerReachedFromEverywhere_IsLinkedByTheNameOfTheMachine() =>
        Assert.Equal($"http://{Environment.MachineName}:8080", Engine(Master, "insecure").Framework.WebUiUrl);

    [Theory]
    [InlineData("master=zk://", "--master")]
    [InlineData("mesos-authentication-secret=s", "--mesos-authentication-principal")]
    [InlineData("mesos-labels=x", "--mesos-labels")]
    [InlineData("mesos-role=,", "--mesos-role")]
    [InlineData("mesos-ca-file=/nowhere.pem", "--mesos-ca-file")]
    public void Errors_SettingIsWrong_NameIt(string wrong, string flag)
    {
        var settings = new ServerSettings(Configuration([Master, wrong]));

        Assert.Contains(settings.Errors, error => error.StartsWith(flag, StringComparison.Ordinal));
    }

    private static MesosEngineOptions Engine(params string[] flags)
    {
        var settings = new ServerSettings(Configuration(flags));
        Assert.Empty(settings.Mesos.Errors);
        return settings.Mesos.Engine(settings.Http());
    }

    // The last of two equal flags counts.
    private static ServerConfiguration Configuration(string[] flags)
    {
        var given = flags.Select(flag => flag.Split('=', 2))
            .GroupBy(parts => parts[0])
            .Select(group => new GivenFlag(group.Key, group.Last() is [_, var value] ? value : null));
        var result = ConfigurationReader.Read(new ConfigurationSources
        {
            Flags = [.. given],
            Environment = new Dictionary<string, string>(),
            ReadFile = path => throw new FileNotFoundException($"No {path}."),
        });
        return result.Configuration ?? throw new InvalidOperationException(string.Join(' ', result.Errors));
    }
}
