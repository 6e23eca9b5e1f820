using Chronos.Core.Jobs;
using Chronos.Mesos.Protocol;
using Attribute = Chronos.Mesos.Protocol.Attribute;

namespace Mesos.Tests.Offers;

/// <summary>Offers and attempts for tests.</summary>
internal static class OfferSamples
{
    internal static Offer Offer(string id, string agent, double cpus, double mem = 1024, double disk = 4096) => new()
    {
        Id = new() { Value = id },
        FrameworkId = new() { Value = "f" },
        AgentId = new() { Value = agent },
        Hostname = $"{agent}.example",
        AllocationInfo = new() { Role = "*" },
        Resources = { Scalar("cpus", cpus), Scalar("mem", mem), Scalar("disk", disk) },
    };

    internal static Offer WithText(this Offer offer, string name, string value)
    {
        offer.Attributes.Add(new Attribute
        {
            Name = name, Type = Value.Types.Type.Text, Text = new() { Value = value },
        });
        return offer;
    }

    internal static Offer WithPorts(this Offer offer, ulong begin, ulong end)
    {
        offer.Resources.Add(new Resource
        {
            Name = "ports",
            Type = Value.Types.Type.Ranges,
            Ranges = new() { Range = { new Value.Types.Range { Begin = begin, End = end } } },
        });
        return offer;
    }

    internal static Resource Scalar(string name, double value, string reservedFor = "")
    {
        var resource = new Resource
        {
            Name = name,
            Type = Value.Types.Type.Scalar,
            Scalar = new() { Value = value },
            AllocationInfo = new() { Role = "*" },
        };
        if (reservedFor.Length > 0)
            resource.Reservations.Add(new Resource.Types.ReservationInfo
            {
                Role = reservedFor, Type = Resource.Types.ReservationInfo.Types.Type.Static,
            });
        return resource;
    }

    internal static Job Job(string name, double cpus = 0.1, double mem = 128, double disk = 256) =>
        new() { Name = name, Command = "true", Resources = new(cpus, mem, disk) };

    internal static Job With(this Job job, params Constraint[] constraints) =>
        job with { Task = job.Task with { Constraints = constraints.ToValueList() } };
}
