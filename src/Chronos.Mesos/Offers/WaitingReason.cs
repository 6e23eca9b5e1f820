using System.Globalization;
using Chronos.Core.Jobs;

namespace Chronos.Mesos.Offers;

/// <summary>Says in a sentence why attempts wait.</summary>
internal static class WaitingReason
{
    internal static string Of(DemandQueue queue, IReadOnlyCollection<SeenAgent> agents)
    {
        if (agents.Count == 0) return "No agent has offered resources in 5 min.";
        var suitable = agents.Where(agent => queue.Accepts(agent.Pool)).ToList();
        if (suitable.Count == 0)
            return $"None of {agents.Count} agents satisfies {Text(queue.Demand.Constraints)}.";
        var demand = queue.Demand;
        var shortage = Shortage("cpus", demand.Cpus, suitable.Max(agent => agent.Cpus))
            ?? Shortage("MiB of memory", demand.Mem, suitable.Max(agent => agent.Mem))
            ?? Shortage("MiB of disk", demand.Disk, suitable.Max(agent => agent.Disk))
            ?? Shortage("GPUs", demand.Gpus * 1000L, suitable.Max(agent => agent.Gpus));
        if (shortage is not null) return shortage;
        var withRoom = suitable.Where(agent => agent.Covers(demand)).ToList();
        if (withRoom.Count == 0) return "No single agent has enough of everything at once.";
        if (!demand.Ports.IsEmpty && withRoom.TrueForAll(agent => !agent.Pool.Free.HasPorts(demand)))
            return $"No agent with room has the ports free ({string.Join(", ", demand.Ports)}; 0 is any).";
        return "Agents with room were given to others first.";
    }

    private static string? Shortage(string what, long wanted, long largest) => wanted <= largest
        ? null
        : $"Needs {Amount(wanted)} {what}; the largest offer in 5 min had {Amount(largest)}.";

    private static string Amount(long thousandths) =>
        (thousandths / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Text(ValueList<Constraint> constraints) => string.Join(" and ", constraints.Select(
        c => $"{c.Attribute} {c.Operator.ToString().ToUpperInvariant()} {c.Value}"));
}
