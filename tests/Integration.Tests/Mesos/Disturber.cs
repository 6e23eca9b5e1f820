using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator;
using Chronos.MesosSimulator.Agents;
using Chronos.MesosSimulator.Faults;

namespace Chronos.Integration.Tests.Mesos;

/// <summary>Makes everything fail that can fail between a scheduler and its cluster, from one seed: events and calls
/// all the time, agents, streams and masters one after the other.</summary>
internal sealed class Disturber(SimulatedCluster cluster, RegisteredMasters masters, int seed)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // A master answers no question about a task whose agent it does not know while one of the agents of its predecessor
    // is away; it waits ten minutes for them, which the cluster's time scale makes fifteen seconds.
    private const int FailOverEvery = 40;

    // A call that hangs keeps all others waiting until it is given up, for seconds.
    private const int HangEvery = 25;

    private static readonly CallFault[] CallFaults =
    [
        CallFault.LoseAfterAnswer, CallFault.LoseAnswer, CallFault.Close, CallFault.Refuse,
    ];

    private readonly Random random = new(seed);
    private readonly List<Task> returns = [];
    private int turns;

    /// <summary>How often each thing was done.</summary>
    internal SortedDictionary<string, int> Counts { get; } = [];

    /// <summary>Disturbs until told to stop, then mends everything.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var calls = new Random(seed + 1);
        cluster.Faults.OnEvent =
            new FaultRates(0.01, 0.02, 0.01, 0.02, TimeSpan.FromMilliseconds(300)).ToSwitch(seed + 2);
        cluster.Faults.OnCall = call =>
        {
            lock (calls)
            {
                if (calls.Next(Rarity(call)) > 0) return CallFault.None;
                var fault = calls.Next(HangEvery) == 0 ? CallFault.Hang : CallFaults[calls.Next(CallFaults.Length)];
                Count($"calls {fault}");
                return fault;
            }
        };
        while (!cancellationToken.IsCancellationRequested)
        {
            await DisturbAsync();
            await Task.Delay(Pause, CancellationToken.None);
        }

        (cluster.Faults.OnEvent, cluster.Faults.OnCall) = (static _ => default, static _ => CallFault.None);
        await Task.WhenAll(returns);
    }

    // Most faults of calls end the subscription, and acknowledgements are most of all calls.
    private static int Rarity(Call call) => call.Type == Call.Types.Type.Acknowledge ? 3000 : 300;

    private async Task DisturbAsync()
    {
        if (++turns % FailOverEvery == 0)
        {
            Count("fail-overs");
            await masters.FailOverAsync();
            return;
        }

        var agent = cluster.Agents[random.Next(cluster.Agents.Count)];
        switch (random.Next(11))
        {
            case < 4:
                Count("agents out of reach");
                cluster.MarkUnreachable(agent);
                Later(agent, static agent => agent.Reconnect());
                break;
            case < 7:
                Count("agents restarted");
                agent.Crash();
                Later(agent, static agent => agent.Restart());
                break;
            case < 9:
                Count("machines lost");
                agent.LoseMachine();
                Later(agent, static agent => agent.Restart());
                break;
            case < 10:
                Count("streams cut");
                cluster.Faults.CutStreamsInsideRecord();
                break;
            default:
                Count("masters without recovery");
                cluster.Faults.IsUnavailable = true;
                await Task.Delay(Pause);
                cluster.Faults.IsUnavailable = false;
                break;
        }
    }

    // Some return before they are given up, some after.
    private void Later(SimulatedAgent agent, Action<SimulatedAgent> comeBack)
    {
        var pause = TimeSpan.FromMilliseconds(random.Next(100, 4000));
        returns.Add(ReturnAsync());

        async Task ReturnAsync()
        {
            await Task.Delay(pause);
            comeBack(agent);
        }
    }

    private void Count(string what)
    {
        lock (Counts) Counts[what] = Counts.GetValueOrDefault(what) + 1;
    }
}
