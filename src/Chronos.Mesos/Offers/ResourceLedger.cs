using System.Diagnostics.CodeAnalysis;
using Chronos.Mesos.Protocol;

namespace Chronos.Mesos.Offers;

/// <summary>What is left of the resources in some offers of one agent and role. A master lists a resource once for each
/// reservation; here they are summed, and taken from reservations first. Volumes, shared and revocable resources are
/// left alone.</summary>
internal sealed class ResourceLedger
{
    private readonly List<Entry> entries = [];

    /// <summary>Thousandths of a processor.</summary>
    internal long Cpus { get; private set; }

    /// <summary>Thousandths of a MiB.</summary>
    internal long Mem { get; private set; }

    /// <summary>Thousandths of a MiB.</summary>
    internal long Disk { get; private set; }

    /// <summary>Thousandths of a GPU.</summary>
    internal long Gpus { get; private set; }

    /// <summary>Adds what an offer holds.</summary>
    internal void Add(IEnumerable<Resource> resources)
    {
        foreach (var resource in resources)
        {
            if (resource.Disk is not null || resource.Revocable is not null || resource.Shared is not null) continue;
            var entry = resource.Type switch
            {
                Value.Types.Type.Scalar => new Entry(resource, Demand.ToThousandths(resource.Scalar.Value), []),
                Value.Types.Type.Ranges when resource.Name == "ports" => new Entry(resource, 0, RangesOf(resource)),
                _ => null,
            };
            if (entry is null) continue;
            entries.Insert(entry.IsReserved ? 0 : entries.Count, entry);
            Count(resource.Name, entry.Amount);
        }
    }

    /// <summary>Whether the amounts suffice; constraints are not looked at.</summary>
    internal bool Fits(Demand demand) =>
        demand.Cpus <= Cpus && demand.Mem <= Mem && demand.Disk <= Disk && demand.Gpus * 1000L <= Gpus
        && HasPorts(demand);

    /// <summary>Whether the ports are there.</summary>
    internal bool HasPorts(Demand demand) => demand.Ports.IsEmpty || TryPickPorts(demand, out _);

    /// <summary>Takes what is needed, which must fit.</summary>
    /// <returns>The resources as the task must name them.</returns>
    internal List<Resource> Take(Demand demand)
    {
        var taken = new List<Resource>();
        TakeScalar("cpus", demand.Cpus, taken);
        TakeScalar("mem", demand.Mem, taken);
        TakeScalar("disk", demand.Disk, taken);
        TakeScalar("gpus", demand.Gpus * 1000L, taken);
        if (demand.Ports.IsEmpty) return taken;
        if (!TryPickPorts(demand, out var picks))
            throw new InvalidOperationException("Ports were taken that are not there.");
        foreach (var group in picks.GroupBy(pick => pick.Entry)) TakePorts(group.Key, group.Select(p => p.Port), taken);
        return taken;
    }

    private void TakeScalar(string name, long amount, List<Resource> taken)
    {
        Count(name, -amount);
        foreach (var entry in entries)
        {
            if (amount == 0) return;
            if (entry.Resource.Name != name || entry.Amount == 0) continue;
            var part = Math.Min(amount, entry.Amount);
            entry.Amount -= part;
            amount -= part;
            var resource = entry.Resource.Clone();
            resource.Scalar = new() { Value = part / 1000.0 };
            taken.Add(resource);
        }

        if (amount > 0) throw new InvalidOperationException($"{amount} thousandths of {name} were taken too much.");
    }

    private bool TryPickPorts(Demand demand, [NotNullWhen(true)] out List<(Entry Entry, ulong Port)>? picks)
    {
        picks = [];
        var fixedPorts = demand.Ports.Where(port => port > 0).Select(port => (ulong)port).ToHashSet();
        foreach (var port in fixedPorts)
        {
            if (entries.Find(entry => entry.Holds(port)) is not { } entry) return false;
            picks.Add((entry, port));
        }

        var wanted = demand.Ports.Count(port => port == 0);
        if (fixedPorts.Count + wanted < demand.Ports.Count) return false; // the same port twice
        foreach (var entry in entries)
        {
            foreach (var port in entry.Ports())
            {
                if (wanted == 0) return true;
                if (fixedPorts.Contains(port)) continue;
                picks.Add((entry, port));
                wanted--;
            }
        }

        return wanted == 0;
    }

    private static void TakePorts(Entry entry, IEnumerable<ulong> ports, List<Resource> taken)
    {
        var resource = entry.Resource.Clone();
        resource.Ranges = new();
        foreach (var port in ports)
        {
            entry.Remove(port);
            resource.Ranges.Range.Add(new Value.Types.Range { Begin = port, End = port });
        }

        taken.Add(resource);
    }

    private void Count(string name, long amount)
    {
        if (name == "cpus") Cpus += amount;
        else if (name == "mem") Mem += amount;
        else if (name == "disk") Disk += amount;
        else if (name == "gpus") Gpus += amount;
    }

    private static List<(ulong Begin, ulong End)> RangesOf(Resource resource) =>
        [.. resource.Ranges.Range.Select(range => (range.Begin, range.End))];

    private sealed class Entry(Resource resource, long amount, List<(ulong Begin, ulong End)> ranges)
    {
        internal Resource Resource { get; } = resource;

        internal long Amount { get; set; } = amount;

        internal bool IsReserved => Resource.Reservations.Count > 0;

        internal bool Holds(ulong port) => ranges.Exists(range => range.Begin <= port && port <= range.End);

        internal IEnumerable<ulong> Ports()
        {
            foreach (var (begin, end) in ranges)
                for (var port = begin; port <= end; port++) yield return port;
        }

        internal void Remove(ulong port)
        {
            var at = ranges.FindIndex(range => range.Begin <= port && port <= range.End);
            var (begin, end) = ranges[at];
            ranges.RemoveAt(at);
            if (port < end) ranges.Insert(at, (port + 1, end));
            if (begin < port) ranges.Insert(at, (begin, port - 1));
        }
    }
}
