using Chronos.MesosSimulator.Agents;

namespace Chronos.MesosSimulator.Faults;

/// <summary>Lets things fail by a plan until it is disposed of; then all that is away comes back.</summary>
public sealed class FaultRun : IAsyncDisposable
{
    private static readonly TimeSpan SilenceTime = TimeSpan.FromSeconds(1);
    private readonly SimulatedCluster cluster;
    private readonly FaultPlan plan;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;

    private FaultRun(SimulatedCluster cluster, FaultPlan plan)
    {
        (this.cluster, this.plan) = (cluster, plan);
        var faults = cluster.Faults;
        if (plan.Events is { } events) faults.OnEvent = events.ToSwitch(plan.Seed);
        if (plan.Calls is { } calls) faults.OnCall = calls.ToSwitch(plan.Seed);
        faults.Latency = plan.Latency;
        running = Task.WhenAll(
            RepeatAsync(plan.StreamInterval, BreakStreamsAsync),
            RepeatAsync(plan.AgentInterval, LoseAgentAsync),
            RepeatAsync(plan.MasterInterval, ChangeMasterAsync));
    }

    /// <summary>Begins.</summary>
    public static FaultRun Start(SimulatedCluster cluster, FaultPlan plan)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(plan);
        return new(cluster, plan);
    }

    /// <summary>Ends all faults: agents come back and a master leads.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
        cluster.Faults.Clear();
        foreach (var agent in cluster.Agents) Return(agent);
        if (cluster.Leader is null) await cluster.FailOverAsync(to: 0);
    }

    private static void Return(SimulatedAgent agent)
    {
        agent.Restart();
        agent.ReconnectIfAway();
    }

    // Each kind draws from a generator of its own, so that one kind more or less changes nothing for the others.
    private async Task RepeatAsync(TimeSpan? interval, Func<Random, Task> failAsync)
    {
        if (interval is not { } time) return;
        var random = new Random(plan.Seed);
        while (!stopping.IsCancellationRequested)
        {
            await WaitAsync(time * (0.5 + random.NextDouble()));
            if (!stopping.IsCancellationRequested) await failAsync(random);
        }
    }

    private async Task BreakStreamsAsync(Random random)
    {
        var faults = cluster.Faults;
        switch (random.Next(3))
        {
            case 0:
                faults.CutStreams();
                break;
            case 1:
                faults.CutStreamsInsideRecord();
                break;
            default:
                faults.AreStreamsSilent = true;
                await WaitAsync(SilenceTime);
                faults.CutStreams(); // what it did not say is lost, and nobody is to wait for it
                faults.AreStreamsSilent = false;
                break;
        }
    }

    private async Task LoseAgentAsync(Random random)
    {
        if (cluster.Agents.Count == 0) return;
        var agent = cluster.Agents[random.Next(cluster.Agents.Count)];
        switch (random.Next(3))
        {
            case 0:
                agent.Disconnect();
                break;
            case 1:
                agent.Partition();
                break;
            default:
                agent.Crash();
                break;
        }

        await WaitAsync(plan.AgentAwayMax * random.NextDouble());
        Return(agent);
    }

    private async Task ChangeMasterAsync(Random random)
    {
        var masters = cluster.Masters;
        var leader = masters.ToList().FindIndex(master => master.IsLeading);
        await cluster.FailOverAsync(
            masters.Count == 1 ? 0 : (leader + 1 + random.Next(masters.Count - 1)) % masters.Count);
    }

    private async Task WaitAsync(TimeSpan time) => await Task.WhenAny(Task.Delay(time, stopping.Token));
}
