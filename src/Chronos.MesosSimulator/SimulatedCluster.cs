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
    private readonly ClusterCore core;
    private LoopbackServer? agentServer;

    private SimulatedCluster(ClusterCore core) => this.core = core;

    /// <summary>In the order of their ports.</summary>
    public IReadOnlyList<SimulatedMaster> Masters { get; private set; } = [];

    /// <summary>In the order of their numbers.</summary>
    public IReadOnlyList<SimulatedAgent> Agents => core.Agents;

    /// <summary>Switches that make things fail.</summary>
    public ClusterFaults Faults => core.Faults;

    /// <summary>How many tasks there are and were.</summary>
    public TaskTable Tasks => core.Tasks;

    /// <summary>The master that leads; null: none does.</summary>
    public SimulatedMaster? Leader => Masters.FirstOrDefault(master => master.IsLeading);

    /// <summary>Starts a cluster; the first master leads and all agents are registered.</summary>
    public static async Task<SimulatedCluster> StartAsync(ClusterOptions? options = null)
    {
        var cluster = new SimulatedCluster(new(options ?? new()));
        await cluster.StartAgentsAsync();
        await cluster.StartMastersAsync();
        await cluster.FailOverAsync(to: 0);
        return cluster;
    }

    /// <summary>Lets another master lead. The old one goes on without leadership; agents find the new one within
    /// <see cref="ClusterOptions.AgentReturnMax"/>.</summary>
    public Task FailOverAsync(int to)
    {
        lock (core.Gate)
        {
            core.Leader = null;
            foreach (var master in Masters) master.Resign();
            core.Leader = Masters[to].Lead();
            core.Leader.Begin();
            for (var i = 0; i < core.Agents.Count; i++) ScheduleReturn(core.Agents[i], i);
        }

        return Task.CompletedTask;
    }

    /// <summary>Leaves the cluster without a leader.</summary>
    public void Depose()
    {
        lock (core.Gate)
        {
            core.Leader = null;
            foreach (var master in Masters) master.Resign();
        }
    }

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

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var master in Masters) await master.DisposeAsync();
        if (agentServer is { } server) await server.DisposeAsync();
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
        var masters = new List<SimulatedMaster>();
        for (var i = 0; i < core.Options.Masters; i++)
        {
            masters.Add(new(core, core.Options.MasterPort == 0 ? 0 : core.Options.MasterPort + i));
            await masters[i].StartAsync();
        }

        Masters = masters;
    }

    private void ScheduleReturn(SimulatedAgent agent, int number)
    {
        var max = core.Timers.Scaled(core.Options.AgentReturnMax);
        if (max == TimeSpan.Zero) agent.Register();
        else core.Timers.Add(max * ((number + 1.0) / core.Agents.Count), static late => late.RegisterIfAlone(), agent);
    }
}
