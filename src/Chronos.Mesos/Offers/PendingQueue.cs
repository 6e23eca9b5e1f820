using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;

namespace Chronos.Mesos.Offers;

/// <summary>An attempt that waits for an offer.</summary>
/// <param name="Request">The attempt.</param>
/// <param name="Order">Its place in the order of arrival.</param>
/// <param name="Since">When it began to wait, in <see cref="TimeProvider"/> timestamps.</param>
internal sealed record PendingAttempt(LaunchRequest Request, long Order, long Since);

/// <summary>Attempts that wait and need the same, oldest first.</summary>
internal sealed class DemandQueue(Demand demand, bool isHighPriority)
{
    private readonly ConstraintMatcher matcher = new(demand.Constraints);
    private readonly LinkedList<PendingAttempt> waiting = [];

    internal Demand Demand { get; } = demand;

    internal bool IsHighPriority { get; } = isHighPriority;

    internal int Count => waiting.Count;

    internal PendingAttempt? First => waiting.First?.Value;

    /// <summary>Those that wait, oldest first.</summary>
    internal IEnumerable<PendingAttempt> Waiting => waiting;

    /// <summary>Why the first cannot start, as a sentence for people; empty: not known yet.</summary>
    internal string Reason { get; set; } = "";

    /// <summary>The reason that was told last.</summary>
    internal string ToldReason { get; set; } = "";

    internal LinkedListNode<PendingAttempt> Add(PendingAttempt attempt) => waiting.AddLast(attempt);

    internal void Remove(LinkedListNode<PendingAttempt> place) => waiting.Remove(place);

    internal bool Accepts(AgentPool pool) => matcher.Matches(pool.Attributes, pool.HostName);
}

/// <summary>All attempts that wait, grouped by what they need, so that a hundred thousand of one job cost no more to
/// look at than one. Not safe for concurrent use.</summary>
internal sealed class PendingQueue
{
    private readonly Dictionary<(bool IsHighPriority, Demand Demand), DemandQueue> queues = [];
    private readonly Dictionary<AttemptId, (DemandQueue Queue, LinkedListNode<PendingAttempt> Place)> places = [];
    private long arrivals;

    internal int Count => places.Count;

    /// <summary>Groups with at least one attempt, in no particular order.</summary>
    internal IEnumerable<DemandQueue> Queues => queues.Values;

    /// <summary>Adds an attempt at the end of its group.</summary>
    /// <returns>Whether nothing like it was waiting, so that offers which were declined may suit it.</returns>
    internal bool Add(LaunchRequest request, long now)
    {
        var key = (request.Job.Policy.HighPriority, Demand.Of(request.Job));
        var isNew = !queues.TryGetValue(key, out var queue);
        if (queue is null) queues.Add(key, queue = new(key.Item2, key.HighPriority));
        places.Add(request.Id, (queue, queue.Add(new(request, arrivals++, now))));
        return isNew;
    }

    /// <summary>Takes an attempt out; null: it does not wait.</summary>
    internal PendingAttempt? Remove(AttemptId id)
    {
        if (!places.Remove(id, out var found)) return null;
        found.Queue.Remove(found.Place);
        if (found.Queue.Count == 0) queues.Remove((found.Queue.IsHighPriority, found.Queue.Demand));
        return found.Place.Value;
    }

    /// <summary>Why an attempt waits; empty: it does not, or nothing is known yet.</summary>
    internal string ReasonOf(AttemptId id) => places.TryGetValue(id, out var found) ? found.Queue.Reason : "";

    internal bool Contains(AttemptId id) => places.ContainsKey(id);
}
