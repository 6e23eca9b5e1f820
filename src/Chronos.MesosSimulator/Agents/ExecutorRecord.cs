using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Resources;

namespace Chronos.MesosSimulator.Agents;

/// <summary>Where an executor stands.</summary>
internal enum ExecutorState
{
    Registering,
    Running,
    Terminating,
    Terminated,
}

/// <summary>A run of an executor on an agent, with its sandbox.</summary>
internal sealed class ExecutorRecord(string id, string frameworkId, SimulatedAgent agent, ITaskRuntime runtime)
{
    private ContainerStatus? container;

    internal string Id { get; } = id;

    internal string FrameworkId { get; } = frameworkId;

    internal SimulatedAgent Agent { get; } = agent;

    internal ITaskRuntime Runtime { get; } = runtime;

    /// <summary>What the framework asked for; null: the executor that the agent brings for a command.</summary>
    internal ExecutorInfo? Definition { get; init; }

    internal ResourceBag Resources { get; init; } = new();

    internal string ContainerId { get; } = Guid.NewGuid().ToString();

    internal ExecutorState State { get; set; } = ExecutorState.Registering;

    internal Dictionary<string, TaskRecord> Tasks { get; } = new(StringComparer.Ordinal);

    /// <summary>Groups wait for the executor together.</summary>
    internal List<TaskGroupInfo> QueuedGroups { get; } = [];

    internal Sandbox? Sandbox { get; set; }

    /// <summary>Events to an executor that speaks the executor API.</summary>
    internal RecordStream? Stream { get; set; }

    /// <summary>How often it has subscribed.</summary>
    internal int Subscriptions { get; set; }

    /// <summary>Of a real process; 0: there is none.</summary>
    internal int ProcessId { get; set; }

    /// <summary>Whether its process was asked for.</summary>
    internal bool IsStarted { get; set; }

    internal bool IsForOneCommand => Definition is null;

    /// <summary>What statuses tell about the container.</summary>
    internal ContainerStatus Container => container ??= new()
    {
        ContainerId = new() { Value = ContainerId },
        NetworkInfos =
        {
            new NetworkInfo
            {
                IpAddresses =
                {
                    new NetworkInfo.Types.IPAddress
                    {
                        Protocol = NetworkInfo.Types.Protocol.Ipv4,
                        IpAddress = LoopbackServer.Host,
                    },
                },
            },
        },
        ExecutorPid = (uint)(ProcessId > 0 ? ProcessId : 1000),
    };
}
