using System.Globalization;
using Chronos.Core.Jobs;

namespace Chronos.Mesos.Offers;

/// <summary>Says in a sentence why attempts wait.</summary>
internal static class WaitingReason
{
    internal static string Of(DemandQueue queue, IReadOnlyList<AgentPool> pools)
    {
        if (pools.Count == 0) return "No agent offers resources now.";
        var suitable = pools.Where(queue.Accepts).ToList();
        if (suitable.Count == 0)
            return $"None of {pools.Count} agents satisfies {Text(queue.Demand.Constraints)}.";
        var demand = queue.Demand;
        var shortage = Shortage("cpus", demand.Cpus, suitable.Max(pool => pool.Free.Cpus))
            ?? Shortage("MiB of memory", demand.Mem, suitable.Max(pool => pool.Free.Mem))
            ?? Shortage("MiB of disk", demand.Disk, suitable.Max(pool => pool.Free.Disk))
            ?? Shortage("GPUs", demand.Gpus * 1000L, suitable.Max(pool => pool.Free.Gpus));
        if (shortage is not null) return shortage;
        if (!demand.Ports.IsEmpty && suitable.Exists(pool => pool.Free.Fits(demand with { Ports = [] })))
            return $"No agent with room has the ports free ({string.Join(", ", demand.Ports)}; 0 is any).";
        return "No single agent has enough of everything at once.";
    }

    private static string? Shortage(string what, long wanted, long largest) => wanted <= largest
        ? null
        : $"Needs {Amount(wanted)} {what}; the largest offer had {Amount(largest)}.";

    private static string Amount(long thousandths) =>
        (thousandths / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Text(ValueList<Constraint> constraints) => string.Join(" and ", constraints.Select(
        c => $"{c.Attribute} {c.Operator.ToString().ToUpperInvariant()} {c.Value}"));
}
