using Chronos.Mesos.Client;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Http;
using Chronos.Mesos.Offers;
using Chronos.Mesos.Tasks;

namespace Chronos.Mesos;

/// <summary>How Chronos uses a Mesos cluster.</summary>
public sealed record MesosEngineOptions
{
    /// <summary>How to find the leading master.</summary>
    public required MasterSetting Master { get; init; }

    /// <summary>Whether masters found through ZooKeeper, and their agents, speak HTTPS. Default false.</summary>
    public bool UsesTls { get; init; }

    /// <summary>How Chronos presents itself.</summary>
    public FrameworkOptions Framework { get; init; } = new();

    /// <summary>How the subscription is kept.</summary>
    public SchedulerClientOptions Client { get; init; } = new();

    /// <summary>How masters are spoken to.</summary>
    public MasterHttpOptions Http { get; init; } = new();

    /// <summary>Name and secret for agents, whose files hold the output of tasks; null, the default: none is sent.
    /// </summary>
    public MasterCredentials? AgentCredentials { get; init; }

    /// <summary>Time for the answer of an agent. Default 10 s: people wait for it.</summary>
    public TimeSpan AgentTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What tasks have in common.</summary>
    public MesosTaskOptions Tasks { get; init; } = new();

    /// <summary>Which of several suitable agents an attempt gets. Default: the fullest.</summary>
    public PlacementPolicy Placement { get; init; } = PlacementPolicy.BinPack;

    /// <summary>After waiting this long, an attempt larger than every offer has one kept for it until enough is free.
    /// Default 30 s.</summary>
    public TimeSpan Ageing { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is declined is not offered again for this long, unless new work asks for it. Default
    /// 5 s.</summary>
    public TimeSpan DeclineTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Least time between two requests for offers, each of which makes the master allocate anew. Default
    /// 1 s.</summary>
    public TimeSpan ReviveInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Without work for this long, no offers are wanted. Default 5 s.</summary>
    public TimeSpan SuppressAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A launch of which nothing is heard for this long is asked for. Default 30 s.</summary>
    public TimeSpan LaunchTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time until a kill without effect is repeated. Default 10 s.</summary>
    public TimeSpan KillPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between reconciliations of everything. Default 10 min.</summary>
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>First pause before attempts that a master says nothing of are asked for again; it doubles up to a
    /// minute. Default 1 s.</summary>
    public TimeSpan ReconcilePause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>An attempt whose agent is out of reach for this long is given up; what becomes of its run is for the
    /// job's <c>onDoubt</c> to say. Default 10 min.</summary>
    public TimeSpan UnreachableTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Masters keep a framework so long whose id is not durable here yet. Default 1 min.</summary>
    public TimeSpan ProvisionalFailoverTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time for the executors of a removed framework to end, before its attempts are asked for under a new
    /// id. Default 15 s.</summary>
    public TimeSpan RemovedPause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A framework that another scheduler has taken is taken back after so long, if this node was elected and
    /// leads by then; longer than a former leader may believe that it leads. Default 30 s.</summary>
    public TimeSpan TakeBackPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two looks at the list of agents. Default 30 s.</summary>
    public TimeSpan AgentsInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the engine looks at its own deadlines. Default 200 ms.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(200);
}
