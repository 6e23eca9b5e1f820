using Chronos.Mesos.Client;
using Chronos.Mesos.Protocol;
using Call = Chronos.Mesos.Protocol.Scheduler.Call;

namespace Chronos.Mesos.Offers;

/// <summary>Says to the master whether offers are wanted, and gives back those that are not. Not safe for concurrent
/// use.</summary>
internal sealed class OfferDesk(MesosEngineOptions options, SchedulerClient client, TimeProvider time)
{
    // A request that a master took and forgot is made again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly string[] roles = [.. options.Framework.Roles];
    private bool isSuppressed = true;
    private bool wantsMore;
    private long? revivedAt;
    private long? offeredAt;
    private long? idleSince;

    /// <summary>There is work that declined offers may suit.</summary>
    internal void WantMore() => wantsMore = true;

    /// <summary>Offers came.</summary>
    internal void HearOffers() => (isSuppressed, offeredAt) = (false, time.GetTimestamp());

    /// <summary>A subscription began, as the client asked for it.</summary>
    internal void Begin() => (isSuppressed, wantsMore, revivedAt) = (client.IsSuppressed, true, null);

    /// <summary>Asks for offers while work waits, and for none when it has not for a while.</summary>
    internal void KeepUp(bool hasWork)
    {
        if (hasWork)
        {
            idleSince = null;
            client.IsSuppressed = false;
            var isForgotten = IsOver(offeredAt, Patience) && IsOver(revivedAt, Patience);
            if ((isSuppressed || wantsMore || isForgotten) && IsOver(revivedAt, options.ReviveInterval)) Revive();
            return;
        }

        wantsMore = false;
        idleSince ??= time.GetTimestamp();
        if (isSuppressed || !IsOver(idleSince, options.SuppressAfter)) return;
        var call = new Call { Type = Call.Types.Type.Suppress, Suppress = new() { Roles = { roles } } };
        if (client.TrySend(call)) client.IsSuppressed = isSuppressed = true;
    }

    /// <summary>Gives back what nothing was placed on.</summary>
    internal void Decline(IReadOnlyCollection<AgentPool> pools)
    {
        if (pools.Count == 0) return;
        var call = new Call
        {
            Type = Call.Types.Type.Decline,
            Decline = new() { Filters = new() { RefuseSeconds = options.DeclineTime.TotalSeconds } },
        };
        foreach (var pool in pools) call.Decline.OfferIds.AddRange(pool.Offers.Select(offer => offer.Id));
        client.TrySend(call);
    }

    /// <summary>Launches on the offers of a pool; what is left of them is offered again soon.</summary>
    /// <returns>Whether it goes out.</returns>
    internal bool Accept(AgentPool pool, IEnumerable<TaskInfo> tasks)
    {
        var launch = new Offer.Types.Operation
        {
            Type = Offer.Types.Operation.Types.Type.Launch,
            Launch = new() { TaskInfos = { tasks } },
        };
        var seconds = Math.Min(1, options.DeclineTime.TotalSeconds);
        var call = new Call
        {
            Type = Call.Types.Type.Accept,
            Accept = new() { Operations = { launch }, Filters = new() { RefuseSeconds = seconds } },
        };
        call.Accept.OfferIds.AddRange(pool.Offers.Select(offer => offer.Id));
        return client.TrySend(call);
    }

    private void Revive()
    {
        var call = new Call { Type = Call.Types.Type.Revive, Revive = new() { Roles = { roles } } };
        if (!client.TrySend(call)) return;
        (isSuppressed, wantsMore, revivedAt) = (false, false, time.GetTimestamp());
    }

    private bool IsOver(long? since, TimeSpan length) => since is null || time.GetElapsedTime(since.Value) >= length;
}
