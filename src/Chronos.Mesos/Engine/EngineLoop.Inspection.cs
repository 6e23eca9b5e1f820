using Chronos.Core.Jobs;
using Chronos.Mesos.Offers;
using Chronos.Mesos.Tasks;
using Chronos.Runtime.Ports;

namespace Chronos.Mesos.Engine;

/// <summary>What people may want to know of the engine.</summary>
internal sealed partial class EngineLoop
{
    private static readonly Resources Nothing = new(0, 0, 0);

    private EngineInspection Inspection() => new(Machines(), WaitingGroups(), book.OfferCount);

    private List<EngineMachine> Machines()
    {
        var machines = context.Agents.All.ToDictionary(
            agent => agent.Id,
            agent => new EngineMachine(agent.Id, agent.HostName, agent.Total, Nothing, null, 0),
            StringComparer.Ordinal);
        EngineMachine Machine(string id, string host) =>
            machines.GetValueOrDefault(id) ?? new(id, host, null, Nothing, null, 0);

        foreach (var seen in matcher.Seen)
        {
            var machine = Machine(seen.Pool.AgentId, seen.Pool.HostName);
            machines[machine.Id] = machine with { Offered = Plus(machine.Offered ?? Nothing, Amounts(seen)) };
        }

        foreach (var task in tasks.All)
        {
            if (task is not { Stage: TaskStage.Launched, AgentId: { } id }) continue;
            var machine = Machine(id, task.HostName);
            machines[id] = machine with
            {
                Used = Plus(machine.Used, task.Resources), RunningCount = machine.RunningCount + 1,
            };
        }

        return [.. machines.Values];
    }

    private List<WaitingGroup> WaitingGroups()
    {
        var groups = new List<WaitingGroup>();
        foreach (var queue in pending.Queues)
            if (queue.First is { } first)
                groups.Add(new(
                    queue.Reason, first.Request.Job.Resources, first.Request.Job.Name, queue.Count,
                    time.GetElapsedTime(first.Since)));
        return groups;
    }

    private static Resources Amounts(SeenAgent seen) => new(seen.Cpus / 1000.0, seen.Mem / 1000.0, seen.Disk / 1000.0);
}
