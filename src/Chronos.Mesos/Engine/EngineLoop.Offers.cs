using Chronos.Core.Runs;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Offers;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Tasks;
using Chronos.Mesos.Wire;

namespace Chronos.Mesos.Engine;

/// <summary>How attempts get offers.</summary>
internal sealed partial class EngineLoop
{
    // What is prepared further ahead than it can be sent would be prepared for nothing whenever a subscription ends.
    private const int CallsAheadMax = 50;
    private const int ReasonsTold = 100;
    private static readonly TimeSpan ReasonPause = TimeSpan.FromSeconds(3);

    private readonly OfferDesk offers;
    private readonly Queue<(AttemptId Id, long At)> launches = new();
    private bool needsPlacing;
    private long reasonsToldAt;

    private void PlaceWaiting()
    {
        if (!needsPlacing || !CanLaunch) return;
        var room = CallsAheadMax - context.Client.OpenCallsInOrder;
        if (room <= 0) return; // until those are answered
        needsPlacing = false;
        if (pending.Count > 0)
        {
            var placements = matcher.Match(pending, book, room);
            foreach (var placement in placements) Accept(placement);
            needsPlacing |= placements.Count == room;
            if (needsPlacing) return; // there may be work for the offers that are left
        }

        var left = book.Pools.Where(pool => pool.HeldFor is null).ToList();
        offers.Decline(left);
        foreach (var pool in left) book.Remove(pool);
        TellReasons();
    }

    private void Accept(Placement placement)
    {
        var pool = placement.Pool;
        book.Remove(pool);
        var infos = new List<TaskInfo>(placement.Attempts.Count);
        foreach (var placed in placement.Attempts)
            if (Prepare(placed, pool) is { } info) infos.Add(info);
        if (infos.Count == 0) offers.Decline([pool]);
        else if (!offers.Accept(pool, infos)) Withdraw(infos);
    }

    private TaskInfo? Prepare(PlacedAttempt placed, AgentPool pool)
    {
        var request = placed.Attempt.Request;
        if (!tasks.TryFind(request.Id, out var task))
            throw new InvalidOperationException($"{request.Id} waits and is not known.");
        (task.AgentId, task.HostName) = (pool.AgentId, pool.HostName);
        task.AgentAddress = AddressOf(pool.Address);
        task.Resources = request.Job.Resources;
        var info = builder.Build(placed, pool);
        SetStage(task, TaskStage.Launched);
        if (!RequiredFields.AreSet(info))
        {
            Conclude(task, NewStatus(task, AttemptPhase.Failed, "The job makes no task that Mesos could read."));
            return null;
        }

        task.Answers.Launch();
        Watch(task);
        return info;
    }

    // The subscription has ended. Their launch was never sent, so nobody need be asked.
    private void Withdraw(IEnumerable<TaskInfo> infos)
    {
        book.Clear();
        foreach (var info in infos)
            if (AttemptId.TryParse(info.TaskId.Value, out var id) && tasks.TryFind(id, out var task)
                && task is { Stage: TaskStage.Launched, WasSeen: false }) WaitUnlessKilled(task);
    }

    private static MasterAddress? AddressOf(URL? url) => url?.Address is { } address
        ? new(address.HasIp && address.Ip.Length > 0 ? address.Ip : address.Hostname, address.Port,
            url.Scheme == Uri.UriSchemeHttps)
        : null;

    // A reason changes with each offer; what people read must not, and each time is a write to the store.
    private void TellReasons()
    {
        if (pending.Count == 0 || time.GetElapsedTime(reasonsToldAt) < ReasonPause) return;
        reasonsToldAt = time.GetTimestamp();
        foreach (var queue in pending.Queues)
        {
            var isNew = queue.Reason.Length > 0 && queue.Reason != queue.ToldReason;
            if (!isNew || queue.First is not { } first || time.GetElapsedTime(first.Since) < ReasonPause) continue;
            queue.ToldReason = queue.Reason;
            foreach (var waiting in queue.Waiting.Take(ReasonsTold))
                if (tasks.TryFind(waiting.Request.Id, out var task))
                    Report(task, NewStatus(task, AttemptPhase.Waiting, queue.Reason));
        }
    }

    private void HearOffers(Event.Types.Offers heard)
    {
        offers.HearOffers();
        foreach (var offer in heard.Offers_) book.Add(offer);
        needsPlacing = true;
    }

    // Maintenance is announced long before; an agent where nothing of ours runs can be given back.
    private void HearInverseOffers(Event.Types.InverseOffers heard)
    {
        var busy = tasks.All.Where(task => task.Stage == TaskStage.Launched).Select(task => task.AgentId).ToHashSet();
        foreach (var group in heard.InverseOffers_.GroupBy(offer => busy.Contains(offer.AgentId?.Value)))
        {
            var ids = group.Select(offer => offer.Id);
            var call = new Call();
            if (group.Key)
                (call.Type, call.DeclineInverseOffers) =
                    (Call.Types.Type.DeclineInverseOffers, new() { InverseOfferIds = { ids } });
            else
                (call.Type, call.AcceptInverseOffers) =
                    (Call.Types.Type.AcceptInverseOffers, new() { InverseOfferIds = { ids } });
            context.Client.TrySend(call);
        }
    }
}
