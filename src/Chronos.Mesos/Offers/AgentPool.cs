using Chronos.Core.Jobs;
using Chronos.Mesos.Protocol;

namespace Chronos.Mesos.Offers;

/// <summary>All open offers of one agent and role: one launch may use them together.</summary>
internal sealed class AgentPool
{
    /// <summary>Pseudo-attributes for constraints, unless the agent declares its own of these names.</summary>
    private const string Region = "region";
    private const string Zone = "zone";

    private readonly List<Offer> offers = [];

    internal AgentPool(Offer first)
    {
        AgentId = first.AgentId.Value;
        Role = RoleOf(first);
        HostName = first.Hostname;
        Attributes = AttributesOf(first);
        Address = first.Url;
        Add(first);
    }

    internal string AgentId { get; }

    internal string Role { get; }

    internal string HostName { get; }

    /// <summary>Where the agent listens; null: the master did not say.</summary>
    internal URL? Address { get; }

    internal IReadOnlyList<MachineAttribute> Attributes { get; }

    internal IReadOnlyList<Offer> Offers => offers;

    internal ResourceLedger Free { get; } = new();

    /// <summary>Kept free for an attempt that has waited too long; null: for anyone.</summary>
    internal DemandQueue? HeldFor { get; set; }

    internal static string RoleOf(Offer offer) => offer.AllocationInfo is { HasRole: true } role ? role.Role : "*";

    internal void Add(Offer offer)
    {
        offers.Add(offer);
        Free.Add(offer.Resources);
    }

    private static List<MachineAttribute> AttributesOf(Offer offer)
    {
        var attributes = new List<MachineAttribute>();
        foreach (var attribute in offer.Attributes)
        {
            attributes.Add(attribute.Type switch
            {
                Value.Types.Type.Text => new MachineAttribute.Text(attribute.Name, attribute.Text.Value),
                Value.Types.Type.Scalar => new MachineAttribute.Scalar(attribute.Name, attribute.Scalar.Value),
                Value.Types.Type.Set =>
                    new MachineAttribute.Set(attribute.Name, attribute.Set.Item.ToValueList()),
                _ => new MachineAttribute.Ranges(attribute.Name),
            });
        }

        if (offer.Domain?.FaultDomain is not { } domain) return attributes;
        AddUnlessDeclared(attributes, Region, domain.Region.Name);
        AddUnlessDeclared(attributes, Zone, domain.Zone.Name);
        return attributes;
    }

    private static void AddUnlessDeclared(List<MachineAttribute> attributes, string name, string value)
    {
        if (!attributes.Exists(attribute => attribute.Name == name))
            attributes.Add(new MachineAttribute.Text(name, value));
    }
}
