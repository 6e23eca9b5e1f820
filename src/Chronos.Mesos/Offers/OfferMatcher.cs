using Chronos.Core.Jobs;

namespace Chronos.Mesos.Offers;

/// <summary>Matches waiting attempts to open offers. Pure: what it knows comes in, what it decides goes out; the queue
/// loses what was placed, and pools lose what was taken.
/// <para>Attempts of high priority go first, then the oldest. Those with equal demands share one pass over the pools:
/// within a round pools only shrink, so one that did not fit once is not looked at again. A round costs as much as
/// there are placements, plus demands times pools, however many attempts wait.</para>
/// <para>An attempt that has waited for long and is larger than every pool gets one held for it: nothing else is put
/// there, and its offers are kept until enough has come free.</para></summary>
internal sealed class OfferMatcher(PlacementPolicy policy, TimeSpan ageing, TimeProvider time, int holdsMax = 3)
{
    private readonly OfferWindow window = new(time);

    /// <summary>The agents that have offered resources in the last minutes.</summary>
    internal IReadOnlyCollection<SeenAgent> Seen => window.Agents;

    /// <summary>Places what fits.</summary>
    /// <param name="queue">What waits.</param>
    /// <param name="book">The offers.</param>
    /// <param name="placementsMax">So many pools get something at most; the others stay as they are.</param>
    internal List<Placement> Match(PendingQueue queue, OfferBook book, int placementsMax = int.MaxValue)
    {
        window.See(book.Pools);
        var pools = Sorted(book.Pools);
        foreach (var pool in pools)
            if (pool.HeldFor is { Count: 0 }) pool.HeldFor = null;
        var opening = pools.ConvertAll(pool => (pool.Free.Cpus, pool.Free.Mem, pool.Free.Disk));
        var turns = new PriorityQueue<Turn, (bool IsNormal, long Order)>();
        foreach (var demands in queue.Queues)
            if (demands.First is { } first)
                turns.Enqueue(new(demands, pools, policy), (!demands.IsHighPriority, first.Order));
        var placed = new Dictionary<AgentPool, List<PlacedAttempt>>();
        while (turns.TryDequeue(out var turn, out _))
        {
            var (demands, attempt) = (turn.Queue, turn.Queue.First!); // one without attempts is not enqueued
            if (turn.Next() is not { } pool)
            {
                demands.Reason = WaitingReason.Of(demands, window.Agents);
                var isLarge = !opening.Exists(free => Covers(free, demands.Demand));
                if (isLarge && time.GetElapsedTime(attempt.Since) >= ageing) Hold(demands, pools);
                continue;
            }

            if (placed.Count == placementsMax && !placed.ContainsKey(pool)) break;
            queue.Remove(attempt.Request.Id);
            var resources = pool.Free.Take(demands.Demand);
            if (!placed.TryGetValue(pool, out var attempts)) placed.Add(pool, attempts = []);
            attempts.Add(new(attempt, resources));
            if (pool.HeldFor == demands) pool.HeldFor = null;
            if (demands.First is { } next) turns.Enqueue(turn, (!demands.IsHighPriority, next.Order));
        }

        return [.. pools.Where(placed.ContainsKey).Select(pool => new Placement(pool, placed[pool]))];
    }

    private List<AgentPool> Sorted(IEnumerable<AgentPool> pools) => policy switch
    {
        PlacementPolicy.BinPack => [.. pools.OrderBy(pool => pool.Free.Cpus).ThenBy(pool => pool.Free.Mem)],
        PlacementPolicy.Spread => [.. pools.OrderByDescending(p => p.Free.Cpus).ThenByDescending(p => p.Free.Mem)],
        PlacementPolicy.Fifo => [.. pools],
        _ => throw new InvalidOperationException($"Unknown policy {policy}."),
    };

    private void Hold(DemandQueue demands, List<AgentPool> pools)
    {
        if (pools.Exists(pool => pool.HeldFor == demands)) return;
        if (pools.Count(pool => pool.HeldFor is not null) >= holdsMax) return;
        var best = pools.Where(pool => pool.HeldFor is null && demands.Accepts(pool))
            .MaxBy(pool => Share(demands.Demand, pool.Free));
        if (best is not null) best.HeldFor = demands;
    }

    private static bool Covers((long Cpus, long Mem, long Disk) free, Demand wanted) =>
        wanted.Cpus <= free.Cpus && wanted.Mem <= free.Mem && wanted.Disk <= free.Disk;

    // How much of the scarcest resource is there already.
    private static double Share(Demand wanted, ResourceLedger free) => Math.Min(
        Ratio(free.Cpus, wanted.Cpus), Math.Min(Ratio(free.Mem, wanted.Mem), Ratio(free.Disk, wanted.Disk)));

    private static double Ratio(long free, long wanted) => wanted == 0 ? 1 : Math.Min(1, (double)free / wanted);

    /// <summary>Goes through the pools for attempts of one demand, and never back to one that did not fit.</summary>
    private sealed class Turn(DemandQueue queue, List<AgentPool> pools, PlacementPolicy policy)
    {
        private readonly Queue<AgentPool>? ring = policy == PlacementPolicy.Spread ? new(pools) : null;
        private readonly HashSet<AgentPool> accepted = []; // constraints are looked at once, they may be costly
        private int at;

        internal DemandQueue Queue { get; } = queue;

        internal AgentPool? Next()
        {
            if (ring is null)
            {
                while (at < pools.Count && !Suits(pools[at])) at++;
                return at < pools.Count ? pools[at] : null;
            }

            while (ring.TryDequeue(out var pool))
            {
                if (!Suits(pool)) continue;
                ring.Enqueue(pool);
                return pool;
            }

            return null;
        }

        private bool Suits(AgentPool pool)
        {
            if (pool.HeldFor is not null && pool.HeldFor != Queue) return false;
            if (!pool.Free.Fits(Queue.Demand)) return false;
            if (accepted.Contains(pool)) return true;
            return Queue.Accepts(pool) && accepted.Add(pool);
        }
    }
}
