using Chronos.Mesos.Protocol;

namespace Chronos.Mesos.Offers;

/// <summary>The offers that are open now, by agent and role, in the order in which they came. Not safe for concurrent
/// use.</summary>
internal sealed class OfferBook
{
    private readonly OrderedDictionary<(string AgentId, string Role), AgentPool> pools = [];
    private readonly Dictionary<string, (string AgentId, string Role)> byOffer = new(StringComparer.Ordinal);

    internal int OfferCount => byOffer.Count;

    internal IEnumerable<AgentPool> Pools => pools.Values;

    internal void Add(Offer offer)
    {
        var key = (offer.AgentId.Value, AgentPool.RoleOf(offer));
        if (!byOffer.TryAdd(offer.Id.Value, key)) return; // told twice
        if (pools.TryGetValue(key, out var pool)) pool.Add(offer);
        else pools.Add(key, new(offer));
    }

    /// <summary>An offer is no more.</summary>
    internal void Rescind(string offerId)
    {
        if (!byOffer.Remove(offerId, out var key)) return;
        var old = pools[key];
        var rest = old.Offers.Where(offer => offer.Id.Value != offerId).ToList();
        pools.Remove(key);
        if (rest.Count == 0) return;
        var pool = new AgentPool(rest[0]) { HeldFor = old.HeldFor };
        foreach (var offer in rest.Skip(1)) pool.Add(offer);
        pools.Add(key, pool);
    }

    /// <summary>All offers of a pool have been accepted or declined.</summary>
    internal void Remove(AgentPool pool)
    {
        foreach (var offer in pool.Offers) byOffer.Remove(offer.Id.Value);
        pools.Remove((pool.AgentId, pool.Role));
    }

    /// <summary>The subscription ended: no offer holds any more.</summary>
    internal void Clear()
    {
        pools.Clear();
        byOffer.Clear();
    }
}
