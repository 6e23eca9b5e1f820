using Chronos.Core.Jobs;

namespace Chronos.Mesos.Offers;

/// <summary>What an attempt needs of an agent. Attempts with equal demands are interchangeable for matching. Amounts
/// are thousandths, the precision of Mesos: sums and comparisons are exact.</summary>
/// <param name="Cpus">Thousandths of a processor.</param>
/// <param name="Mem">Thousandths of a MiB.</param>
/// <param name="Disk">Thousandths of a MiB.</param>
/// <param name="Gpus">Whole GPUs.</param>
/// <param name="Ports">Ports of the host; 0: any.</param>
/// <param name="Constraints">Conditions on the agent.</param>
internal sealed record Demand(
    long Cpus, long Mem, long Disk, int Gpus, ValueList<int> Ports, ValueList<Constraint> Constraints)
{
    /// <summary>What every attempt of a job needs. Host ports are those of its container's mappings: Docker's network
    /// maps only ports that the task holds.</summary>
    internal static Demand Of(Job job) => new(
        ToThousandths(job.Resources.Cpus), ToThousandths(job.Resources.Mem), ToThousandths(job.Resources.Disk),
        job.Resources.Gpus, HostPorts(job.Task.Container), job.Task.Constraints);

    /// <summary>An amount in thousandths, rounded up from half.</summary>
    internal static long ToThousandths(double amount) => (long)Math.Floor((amount * 1000) + 0.5);

    private static ValueList<int> HostPorts(Container? container)
    {
        if (container is null) return [];
        return container.NetworkInfos.SelectMany(network => network.PortMappings)
            .Select(mapping => mapping.HostPort).ToValueList();
    }
}
