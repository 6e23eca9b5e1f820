using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Agents;
using Chronos.MesosSimulator.Http;
using Chronos.MesosSimulator.Resources;

namespace Chronos.MesosSimulator.Masters;

/// <summary>An agent as a leading master knows it.</summary>
internal sealed class RegisteredAgent(LeadingTerm term, SimulatedAgent agent)
{
    private readonly List<Mesos.Protocol.Attribute> attributes = [.. agent.Options.ToAttributes()];
    private readonly DomainInfo? domain = agent.Options.ToDomain();
    private readonly URL url = new()
    {
        Scheme = "http",
        Address = new() { Hostname = agent.Options.Hostname, Ip = LoopbackServer.Host, Port = agent.Port },
        Path = agent.Path,
    };

    internal string Id { get; } = agent.Id;

    /// <summary>May live another life by now; see <see cref="Link"/>.</summary>
    internal SimulatedAgent Agent { get; } = agent;

    /// <summary>The agent, if what is said to it arrives.</summary>
    internal SimulatedAgent? Link => Agent.Master == term && Agent.Id == Id ? Agent : null;

    /// <summary>Whether the master believes that it is there.</summary>
    internal bool IsConnected { get; set; } = true;

    internal DateTimeOffset RegisteredAt { get; init; }

    /// <summary>Counts registrations, so that a timer of an earlier one does nothing.</summary>
    internal int Generation { get; set; }

    /// <summary>Neither used nor offered.</summary>
    internal ResourceBag Free { get; set; } = new();

    internal Dictionary<(string FrameworkId, string Id), TaskRecord> Tasks { get; } = [];

    internal HashSet<string> OfferIds { get; } = new(StringComparer.Ordinal);

    /// <summary>Kills for an agent that is away.</summary>
    internal Dictionary<(string FrameworkId, string Id), Call.Types.Kill> LateKills { get; } = [];

    internal Unavailability? Unavailability { get; set; }

    internal bool HasGpus { get; } = agent.Total.Sum("gpus") > 0;

    internal string? Region => domain?.FaultDomain.Region.Name;

    /// <summary>What an offer of the agent says.</summary>
    internal Offer Describe(string offerId, Framework framework, string role, ResourceBag resources)
    {
        var offer = new Offer
        {
            Id = new() { Value = offerId },
            FrameworkId = new() { Value = framework.Id },
            AgentId = new() { Value = Id },
            Hostname = Agent.Options.Hostname,
            Url = url,
            Unavailability = Unavailability,
            Domain = domain,
        };
        offer.Resources.AddRange(resources.ToMessages(framework.IsMultiRole ? role : null, framework.IsRefined));
        offer.Attributes.AddRange(attributes);
        foreach (var executor in Agent.Executors.Values)
            if (executor.FrameworkId == framework.Id && !executor.IsForOneCommand)
                offer.ExecutorIds.Add(new ExecutorID { Value = executor.Id });
        if (framework.IsMultiRole) offer.AllocationInfo = new() { Role = role };
        return offer;
    }
}
