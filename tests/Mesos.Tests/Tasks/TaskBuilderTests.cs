using Chronos.Core.Jobs;
using Chronos.Mesos.Offers;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Tasks;
using Chronos.Mesos.Wire;
using Chronos.Testing.Engines;
using Mesos.Tests.Offers;
using NodaTime;
using Xunit;
using DockerInfo = Chronos.Mesos.Protocol.ContainerInfo.Types.DockerInfo;
using Label = Chronos.Core.Jobs.Label;
using Volume = Chronos.Core.Jobs.Volume;

namespace Mesos.Tests.Tasks;

public sealed class TaskBuilderTests
{
    [Fact]
    public void Build_ShellLine_HasIdsEnvironmentLabelsAndResources()
    {
        var job = OfferSamples.Job("nightly report") with
        {
            Command = "echo $HOST",
            Labels = [new("team", "data")],
            Task = TaskOptions.Default with
            {
                Arguments = ["a", "b"],
                RunAsUser = "reporter",
                Environment = [new("COLOR", "red"), new("HOST", "not this")],
                Secrets = [new("TOKEN", "s3")],
                Fetch = [new("http://x/data.tgz", "d.tgz", Executable: false, Cache: true, Extract: false)],
                Uris = ["http://x/old.zip"],
            },
        };

        var task = Build(job, out var attempt);

        Assert.Equal("ChronosTask:nightly report", task.Name);
        Assert.Equal(attempt.Request.Id.ToString(), task.TaskId.Value);
        Assert.Equal("a1", task.AgentId.Value);
        Assert.Equal(("echo $HOST a b", true, "reporter"), (task.Command.Value, task.Command.Shell, task.Command.User));
        var environment = task.Command.Environment.Variables.ToDictionary(v => v.Name, v => v.Value);
        Assert.Equal(attempt.Request.TaskId, environment["mesos_task_id"]);
        Assert.StartsWith("ct:", environment["MESOS_TASK_ID"]);
        Assert.Equal(
            ("a1.example", "red", "s3", "128.0"),
            (environment["HOST"], environment["COLOR"], environment["TOKEN"], environment["CHRONOS_RESOURCE_MEM"]));
        Assert.Equal(["http://x/data.tgz", "http://x/old.zip"], task.Command.Uris.Select(uri => uri.Value));
        Assert.Equal((true, false, "d.tgz"),
            (task.Command.Uris[0].Cache, task.Command.Uris[0].Extract, task.Command.Uris[0].OutputFile));
        Assert.True(task.Command.Uris[1].Extract);
        Assert.Equal(
            ["team", "chronos_job", "chronos_run", "chronos_task_id"], task.Labels.Labels_.Select(l => l.Key));
        Assert.Equal(["cpus", "mem", "disk"], task.Resources.Select(resource => resource.Name));
        Assert.Equal(10_000_000_000, task.KillPolicy.GracePeriod.Nanoseconds);
        Assert.Null(task.Executor);
        Assert.NotEmpty(MessageCodec.Protobuf.Encode(task));
    }

    [Fact]
    public void Build_KillGraceOfTheJob_Counts()
    {
        var job = OfferSamples.Job("j") with { Policy = new() { KillGracePeriod = Duration.FromMilliseconds(1500) } };

        Assert.Equal(1_500_000_000, Build(job, out _).KillPolicy.GracePeriod.Nanoseconds);
    }

    [Theory]
    [InlineData(null, "prog", "prog|x y|z")]
    [InlineData(ContainerType.Mesos, "prog", "prog|x y|z")]
    [InlineData(ContainerType.Docker, "prog", "x y|z")]
    [InlineData(ContainerType.Docker, "", "x y|z")]
    public void Build_NoShell_PassesArgumentsAsTheContainerizerWants(
        ContainerType? type, string command, string arguments)
    {
        var job = OfferSamples.Job("j") with
        {
            Command = command,
            Task = TaskOptions.Default with
            {
                Shell = false,
                Arguments = ["x y", "z"],
                Container = type is { } wanted ? new() { Type = wanted, Image = "i" } : null,
            },
        };

        var built = Build(job, out _).Command;

        Assert.False(built.Shell);
        Assert.Equal((command.Length > 0, command), (built.HasValue, built.Value));
        Assert.Equal(arguments, string.Join('|', built.Arguments));
    }

    [Fact]
    public void Build_CommandIsAnAddress_FetchesAndRunsIt()
    {
        var job = OfferSamples.Job("j") with
        {
            Command = "http://x/bin/my%20tool?v=2",
            Task = TaskOptions.Default with { Arguments = ["it's", "b"] },
        };

        var command = Build(job, out _).Command;

        var uri = Assert.Single(command.Uris);
        Assert.Equal((true, false, "my tool"), (uri.Executable, uri.Extract, uri.OutputFile));
        Assert.Equal("'./my tool' 'it'\\''s' b", command.Value);
    }

    [Fact]
    public void Build_CustomExecutor_GetsContextAndTheTaskItsData()
    {
        var job = OfferSamples.Job("j") with
        {
            Command = "work",
            Task = TaskOptions.Default with
            {
                Executor = "/opt/exec", ExecutorFlags = "-v", Environment = [new("A", "1")],
            },
        };

        var task = Build(job, out _);
        var replaced = Build(job with { Task = job.Task with { TaskInfoData = "own" } }, out _);

        Assert.Null(task.Command);
        Assert.Equal(("/opt/exec", ExecutorInfo.Types.Type.Custom), (task.Executor.Command.Value, task.Executor.Type));
        Assert.Contains(task.Executor.Command.Environment.Variables, variable => variable.Name == "A");
        Assert.Equal(task.TaskId.Value, task.Executor.ExecutorId.Value);
        Assert.Equal(("-v|work", "own"), (task.Data.ToStringUtf8(), replaced.Data.ToStringUtf8()));
    }

    [Fact]
    public void Build_DockerContainer_HasEveryField()
    {
        var container = new Container
        {
            Image = "busybox:1",
            Network = ContainerNetwork.Bridge,
            ForcePullImage = true,
            Parameters = [new("cap-add", "NET_ADMIN")],
            NetworkInfos = [new("net", "IPv6", [new("k", "v")], [new(0, 80, "tcp"), new(31005, 53, "udp")])],
            Volumes =
            [
                new("/data", "/in", VolumeMode.ReadOnly, null),
                new(null, "/ext", null, new("vol", "rexray", [new("size", "5")])),
            ],
        };
        var job = OfferSamples.Job("j") with { Task = TaskOptions.Default with { Container = container } };

        var task = Build(job, out _);

        var built = task.Container;
        Assert.Equal(ContainerInfo.Types.Type.Docker, built.Type);
        Assert.Equal(("busybox:1", true, DockerInfo.Types.Network.Bridge),
            (built.Docker.Image, built.Docker.ForcePullImage, built.Docker.Network));
        Assert.Equal("cap-add", Assert.Single(built.Docker.Parameters).Key);
        Assert.Equal(
            ["31000:80/tcp", "31005:53/udp"],
            built.Docker.PortMappings.Select(port => $"{port.HostPort}:{port.ContainerPort}/{port.Protocol}"));
        var network = Assert.Single(built.NetworkInfos);
        Assert.Equal(("net", "k"), (network.Name, network.Labels.Labels_[0].Key));
        Assert.Equal(NetworkInfo.Types.Protocol.Ipv6, network.IpAddresses[0].Protocol);
        Assert.Empty(network.PortMappings);
        Assert.Equal(("/data", "/in", "Ro"),
            (built.Volumes[0].HostPath, built.Volumes[0].ContainerPath, built.Volumes[0].Mode.ToString()));
        Assert.Equal(("rexray", "vol", "size"), (
            built.Volumes[1].Source.DockerVolume.Driver, built.Volumes[1].Source.DockerVolume.Name,
            built.Volumes[1].Source.DockerVolume.DriverOptions.Parameter[0].Key));
        Assert.Equal([31005u, 31000u], task.Discovery.Ports.Ports_.Select(port => port.Number));
    }

    [Fact]
    public void Build_MesosContainer_HasImageAndNetworks()
    {
        var container = new Container
        {
            Type = ContainerType.Mesos,
            Image = "busybox:1",
            NetworkName = "overlay",
            NetworkInfos = [new("n2", null, [], [new(0, 80, null)])],
        };
        var job = OfferSamples.Job("j") with { Task = TaskOptions.Default with { Container = container } };

        var built = Build(job, out _).Container;

        Assert.Equal(("busybox:1", true), (built.Mesos.Image.Docker.Name, built.Mesos.Image.Cached));
        Assert.Equal(["overlay", "n2"], built.NetworkInfos.Select(network => network.Name));
        Assert.Equal(31000u, Assert.Single(built.NetworkInfos[1].PortMappings).HostPort);
        Assert.Null(built.Docker);
    }

    private static TaskInfo Build(Job job, out PendingAttempt attempt)
    {
        var (book, queue) = (new OfferBook(), new PendingQueue());
        book.Add(OfferSamples.Offer("o1", "a1", cpus: 1).WithPorts(31000, 31010));
        queue.Add(LaunchRequests.For(job), TimeProvider.System.GetTimestamp());
        var matcher = new OfferMatcher(PlacementPolicy.Fifo, TimeSpan.FromHours(1), TimeProvider.System);
        var placement = Assert.Single(matcher.Match(queue, book));
        var placed = Assert.Single(placement.Attempts);
        attempt = placed.Attempt;
        return new TaskBuilder(new()).Build(placed, placement.Pool);
    }
}
