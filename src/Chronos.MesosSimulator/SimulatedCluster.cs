using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Agents;
using Chronos.MesosSimulator.Faults;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Masters;

namespace Chronos.MesosSimulator;

/// <summary>Masters and agents of Mesos in this process, on loopback ports. They speak the scheduler, executor and
/// operator interfaces as the real ones do; tasks are played from scripts or really started.</summary>
public sealed class SimulatedCluster : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly ClusterCore core;
    private LoopbackServer? agentServer;

    private SimulatedCluster(ClusterCore core) => this.core = core;

    /// <summary>In the order of their ports.</summary>
    public IReadOnlyList<SimulatedMaster> Masters => core.Masters;

    /// <summary>In the order of their numbers.</summary>
    public IReadOnlyList<SimulatedAgent> Agents => core.Agents;

    /// <summary>Switches that make things fail.</summary>
    public ClusterFaults Faults => core.Faults;

    /// <summary>How many tasks there are and were.</summary>
    public TaskTable Tasks => core.Tasks;

    /// <summary>How many tasks the leading master and the agents keep: also of those that have ended, until the end is
    /// acknowledged.</summary>
    public int TasksKept
    {
        get
        {
            lock (core.Gate)
                return core.Agents.Sum(agent => agent.Tasks.Count)
                    + (core.Leader?.Frameworks.Values.Sum(framework => framework.Tasks.Count) ?? 0);
        }
    }

    /// <summary>The master that leads; null: none does.</summary>
    public SimulatedMaster? Leader => Masters.FirstOrDefault(master => master.IsLeading);

    /// <summary>Starts a cluster; a master leads, the first unless ZooKeeper knows better, and all agents are
    /// registered.</summary>
    /// <exception cref="IOException">A port is in use.</exception>
    /// <exception cref="FormatException">The address of ZooKeeper is wrong.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public static async Task<SimulatedCluster> StartAsync(
        ClusterOptions? options = null, CancellationToken cancellationToken = default)
    {
        var cluster = new SimulatedCluster(new(options ?? new()));
        try
        {
            await cluster.StartAgentsAsync();
            await cluster.StartMastersAsync();
            if (cluster.core.Options.ZooKeeper is null) await cluster.FailOverAsync(to: 0);
            else await cluster.WaitForLeaderAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets another master lead. The old one goes on without leadership; agents find the new one within
    /// <see cref="ClusterOptions.AgentReturnMax"/>. Where ZooKeeper decides, all others queue again behind it, and this
    /// waits until it leads.</summary>
    /// <exception cref="InvalidOperationException">ZooKeeper decides, and that master does not run.</exception>
    public async Task FailOverAsync(int to)
    {
        if (core.Options.ZooKeeper is null)
        {
            core.Depose();
            core.Elect(Masters[to]);
            return;
        }

        if (!Masters[to].IsRunning) throw new InvalidOperationException($"Master {to} does not run; start it first.");
        var others = Masters.Where((_, i) => i != to).ToList();
        foreach (var other in others) other.QueueAgain();
        while (!Masters[to].IsLeading)
        {
            // One that had not queued yet, and so did not hear it, may have come before this one.
            foreach (var other in others.Where(other => other.IsLeading)) other.QueueAgain();
            await Task.Delay(Pause);
        }
    }

    /// <summary>Leaves the cluster without a leader, which ZooKeeper would not stand for long.</summary>
    public void Depose() => core.Depose();

    /// <summary>Gives an agent up for ever, as an operator does.</summary>
    public void MarkGone(string agentId)
    {
        lock (core.Gate) core.Leader?.Agents.MarkGone(agentId);
    }

    /// <summary>Takes an agent for lost at once, without waiting for its pings.</summary>
    public void MarkUnreachable(SimulatedAgent agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        lock (core.Gate)
        {
            agent.Leave();
            core.Leader?.Agents.MarkUnreachable(agent.Id);
        }
    }

    /// <summary>Announces that an agent will be away, with inverse offers to those who use it.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="start">From when on.</param>
    /// <param name="duration">For how long; null: for ever.</param>
    /// <param name="onAnswer">Called with the agent's id and whether an inverse offer was accepted.</param>
    public void Maintain(
        SimulatedAgent agent, DateTimeOffset start, TimeSpan? duration, Action<string, bool> onAnswer)
    {
        ArgumentNullException.ThrowIfNull(agent);
        var unavailability = new Unavailability { Start = Statuses.TimeOf(start) };
        if (duration is { } time) unavailability.Duration = new() { Nanoseconds = time.Ticks * 100 };
        lock (core.Gate)
        {
            core.OnInverseOfferAnswered = onAnswer;
            if (core.Leader is { } leader && leader.Agents.Find(agent.Id) is { } entry)
                leader.Offers.AskBack(entry, unavailability);
        }
    }

    /// <summary>Ends everything, also what was really started.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var master in Masters) await master.DisposeAsync();
        if (agentServer is { } server) await server.DisposeAsync();
        lock (core.Gate)
            foreach (var agent in core.Agents) agent.EndAll();
        core.Dispose();
    }

    private async Task StartAgentsAsync()
    {
        var options = core.Options;
        var ports = Math.Clamp(options.Agents, 1, options.AgentPortsMax);
        agentServer = await LoopbackServer.StartAsync(
            [.. Enumerable.Repeat(0, ports)], new AgentEndpoint(core).AnswerAsync);
        for (var i = 0; i < options.Agents; i++)
            core.Agents.Add(new(
                core, i, agentServer.Ports[i % ports], $"/slave({(i / ports) + 1})", options.Agent(i)));
    }

    private async Task StartMastersAsync()
    {
        core.Masters = [.. Enumerable.Range(0, core.Options.Masters).Select(number =>
            new SimulatedMaster(core, core.Options.MasterPort == 0 ? 0 : core.Options.MasterPort + number))];
        foreach (var master in Masters) await master.StartAsync();
    }

    private async Task WaitForLeaderAsync(CancellationToken cancellationToken)
    {
        while (Leader is null) await Task.Delay(Pause, cancellationToken);
    }
}
