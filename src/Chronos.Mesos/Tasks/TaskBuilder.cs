using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Mesos.Offers;
using Chronos.Mesos.Protocol;
using Google.Protobuf;

namespace Chronos.Mesos.Tasks;

/// <summary>Builds the task of an attempt. Its id is the attempt's id: short, legal as the name of a folder whatever
/// the arguments are, and recognised when a master tells of it after a restart. The id of Mesos Chronos is in the
/// environment and in a label. Pure.</summary>
internal sealed class TaskBuilder(MesosTaskOptions options)
{
    private const long NanosecondsPerTick = 100;

    internal TaskInfo Build(PlacedAttempt placed, AgentPool pool)
    {
        var request = placed.Attempt.Request;
        var job = request.Job;
        var task = new TaskInfo
        {
            Name = options.NamePrefix + job.Name,
            TaskId = new() { Value = request.Id.ToString() },
            AgentId = new() { Value = pool.AgentId },
            Labels = TaskLabels.Of(request),
            KillPolicy = new() { GracePeriod = ToMessage(job.Policy.KillGracePeriod?.ToTimeSpan()
                ?? options.KillGrace) },
        };
        task.Resources.AddRange(placed.Resources);
        var ports = PortsOf(placed).ToList();
        var container = job.Task.Container is { } wanted ? TaskContainer.Build(wanted, ports) : null;
        if (job.Task.Executor.Length > 0)
        {
            task.Executor = BuildExecutor(request, pool.HostName, container);
            task.Data = ByteString.CopyFromUtf8(ExecutorData(request));
        }
        else
        {
            task.Command = TaskCommand.Build(request, pool.HostName);
            task.Container = container;
        }

        if (ports.Count > 0) task.Discovery = Discover(job, ports);
        return task;
    }

    /// <summary>How long a kill is polite, as agents want it.</summary>
    internal static DurationInfo ToMessage(TimeSpan duration) =>
        new() { Nanoseconds = duration.Ticks * NanosecondsPerTick };

    // One executor per attempt: its environment differs with each run, and an executor of the same id must be the same
    // in every detail.
    private static ExecutorInfo BuildExecutor(LaunchRequest request, string hostName, ContainerInfo? container)
    {
        var command = TaskCommand.WithContext(request, hostName);
        command.Value = request.Job.Task.Executor;
        return new()
        {
            ExecutorId = new() { Value = request.Id.ToString() },
            Name = request.Job.Name,
            Type = ExecutorInfo.Types.Type.Custom,
            Command = command,
            Container = container,
        };
    }

    private static string ExecutorData(LaunchRequest request)
    {
        var task = request.Job.Task;
        return task.TaskInfoData.Length > 0 ? task.TaskInfoData : $"{task.ExecutorFlags}|{request.Job.Command}";
    }

    private static DiscoveryInfo Discover(Job job, List<uint> ports) => new()
    {
        Name = job.Name,
        Visibility = DiscoveryInfo.Types.Visibility.Framework,
        Ports = new() { Ports_ = { ports.Select(port => new Port { Number = port }) } },
    };

    private static IEnumerable<uint> PortsOf(PlacedAttempt placed) =>
        from resource in placed.Resources
        where resource.Name == "ports"
        from range in resource.Ranges.Range
        select (uint)range.Begin; // each port is a range of its own
}
