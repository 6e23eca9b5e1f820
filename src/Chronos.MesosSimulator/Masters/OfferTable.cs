using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.MesosSimulator.Resources;

namespace Chronos.MesosSimulator.Masters;

/// <summary>An offer that nobody has answered yet.</summary>
internal sealed record OutstandingOffer(
    string Id, Framework Framework, string Role, RegisteredAgent Agent, ResourceBag Resources);

/// <summary>The offers that are out.</summary>
internal sealed class OfferTable(LeadingTerm term)
{
    private readonly Dictionary<string, OutstandingOffer> offers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> inverse = new(StringComparer.Ordinal);
    private long count;

    internal OutstandingOffer? Find(string id) => offers.GetValueOrDefault(id);

    internal void Clear()
    {
        offers.Clear();
        inverse.Clear();
    }

    /// <summary>Takes resources of an agent for an offer.</summary>
    internal Offer Make(Framework framework, RegisteredAgent agent, string role, ResourceBag resources)
    {
        var offer = new OutstandingOffer($"{term.Info.Id}-O{count++}", framework, role, agent, resources);
        agent.Free.Subtract(resources);
        offers[offer.Id] = offer;
        framework.OfferIds.Add(offer.Id);
        agent.OfferIds.Add(offer.Id);
        if (term.Core.Options.OfferTimeout is { } timeout)
            term.Core.Timers.Add(term.Core.Timers.Scaled(timeout), Expire, offer);
        return agent.Describe(offer.Id, framework, role, resources);
    }

    /// <summary>An offer is answered; its resources are the caller's.</summary>
    internal void Take(OutstandingOffer offer)
    {
        offers.Remove(offer.Id);
        offer.Framework.OfferIds.Remove(offer.Id);
        offer.Agent.OfferIds.Remove(offer.Id);
    }

    /// <summary>The resources of an offer are free again; its framework is not told.</summary>
    internal void Recover(OutstandingOffer offer)
    {
        Take(offer);
        offer.Agent.Free.Add(offer.Resources);
    }

    internal void RecoverAll(Framework framework)
    {
        foreach (var id in framework.OfferIds.ToList()) Recover(offers[id]);
        foreach (var id in framework.InverseOfferIds) inverse.Remove(id);
        framework.InverseOfferIds.Clear();
    }

    internal void Rescind(OutstandingOffer offer)
    {
        Recover(offer);
        offer.Framework.Send(new Event
        {
            Type = Event.Types.Type.Rescind,
            Rescind = new() { OfferId = new() { Value = offer.Id } },
        });
    }

    internal void RescindOf(RegisteredAgent agent)
    {
        foreach (var id in agent.OfferIds.ToList()) Rescind(offers[id]);
    }

    internal void RescindWhere(Framework framework, Func<OutstandingOffer, bool> isMeant)
    {
        foreach (var offer in framework.OfferIds.Select(id => offers[id]).Where(isMeant).ToList()) Rescind(offer);
    }

    internal void Decline(Framework framework, Call.Types.Decline decline)
    {
        foreach (var id in decline.OfferIds)
        {
            if (Find(id.Value) is not { } offer || offer.Framework != framework) continue;
            Recover(offer);
            term.Allocator.Filter(framework, offer.Role, offer.Agent.Id, offer.Resources, decline.Filters);
        }
    }

    /// <summary>An agent will be away: its offers are taken back, and those who use it are asked to leave.</summary>
    internal void AskBack(RegisteredAgent agent, Unavailability unavailability)
    {
        var users = term.Frameworks.Values.Where(framework => agent.OfferIds.Overlaps(framework.OfferIds)
            || agent.Tasks.Keys.Any(key => key.FrameworkId == framework.Id)).ToList();
        agent.Unavailability = unavailability;
        RescindOf(agent);
        foreach (var framework in users)
        {
            var id = $"{term.Info.Id}-O{count++}";
            inverse[id] = agent.Id;
            framework.InverseOfferIds.Add(id);
            framework.Send(new Event
            {
                Type = Event.Types.Type.InverseOffers,
                InverseOffers = new()
                {
                    InverseOffers_ =
                    {
                        new InverseOffer
                        {
                            Id = new() { Value = id },
                            FrameworkId = new() { Value = framework.Id },
                            AgentId = new() { Value = agent.Id },
                            Unavailability = unavailability,
                        },
                    },
                },
            });
        }
    }

    /// <summary>Only noted: masters do nothing about such answers.</summary>
    internal void AnswerInverse(Framework framework, IEnumerable<OfferID> ids, bool accepts)
    {
        foreach (var id in ids)
            if (framework.InverseOfferIds.Remove(id.Value) && inverse.Remove(id.Value, out var agentId))
                term.Core.OnInverseOfferAnswered(agentId, accepts);
    }

    private void Expire(OutstandingOffer offer)
    {
        if (term.IsCurrent && Find(offer.Id) == offer) Rescind(offer);
    }
}
