using Chronos.Mesos.Protocol;

namespace Chronos.MesosSimulator;

/// <summary>What a simulated cluster is made of.</summary>
public sealed record ClusterOptions
{
    /// <summary>Number of masters; default 1. The first leads.</summary>
    public int Masters { get; init; } = 1;

    /// <summary>Port of the first master, the others follow; default 0: any free ones.</summary>
    public int MasterPort { get; init; }

    /// <summary>Number of agents; default 2.</summary>
    public int Agents { get; init; } = 2;

    /// <summary>An agent by its number from 0; default: two processors each.</summary>
    public Func<int, AgentOptions> Agent { get; init; } = static _ => new();

    /// <summary>Agents listen on so many ports at most and share them beyond that; default 16.</summary>
    public int AgentPortsMax { get; init; } = 16;

    /// <summary>What tasks do when they are not really started; default: what their commands seem to say.</summary>
    public Func<TaskInfo, TaskScript> Script { get; init; } = TaskScript.OfCommand;

    /// <summary>Where commands are really started, each in a directory below this one; default null: they are played.
    /// </summary>
    public string? WorkDirectory { get; init; }

    /// <summary>Who plays custom executors; default: scripts, or processes where commands are really started.</summary>
    public CustomExecutors CustomExecutors { get; init; } = CustomExecutors.Default;

    /// <summary>Each agent keeps the output of so many runs that have ended; default 200.</summary>
    public int CompletedRunsMax { get; init; } = 200;

    /// <summary>How many times faster than in the real system protocol timers run: heartbeats, repeated updates,
    /// filters, fail-over and agent timeouts, allocation; default 1.</summary>
    public double TimeScale { get; init; } = 1;

    /// <summary>Between two rounds of offers, before scaling; default 1 s.</summary>
    public TimeSpan AllocationInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Offers are taken back after so long, before scaling; default null: never.</summary>
    public TimeSpan? OfferTimeout { get; init; }

    /// <summary>How long agents may take to find a new master, before scaling; default none.</summary>
    public TimeSpan AgentReturnMax { get; init; }

    /// <summary>Masters recognise these frameworks only; default null: anybody.</summary>
    public (string Principal, string Secret)? Credentials { get; init; }

    /// <summary>Agents give a token to each executor and let nobody else speak in its name; default false.</summary>
    public bool AreExecutorsAuthenticated { get; init; }

    /// <summary>Masters forget removed frameworks beyond so many; default 50.</summary>
    public int CompletedFrameworksMax { get; init; } = 50;

    /// <summary>Where the masters are; frameworks that are not REGION_AWARE see no agents of other regions. Default
    /// null: it does not matter.</summary>
    public string? Region { get; init; }

    /// <summary>Where masters announce themselves, such as <c>zk://127.0.0.1:2181/mesos</c>; default null: nowhere.
    /// The one that ZooKeeper says leads.</summary>
    public string? ZooKeeper { get; init; }

    /// <summary>How long ZooKeeper waits for a master that says nothing, real time; default 10 s.</summary>
    public TimeSpan ZooKeeperSessionTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Who plays the executors that frameworks bring.</summary>
public enum CustomExecutors
{
    /// <summary>As the tasks of commands.</summary>
    Default,

    /// <summary>Scripts, as for commands.</summary>
    Scripted,

    /// <summary>Whoever subscribes at the agent's executor API; nothing is started.</summary>
    External,
}
