namespace Chronos.Mesos.Offers;

/// <summary>The largest offers of each agent in the last minutes, so that people read what the cluster has and not what
/// happened to be on offer at this moment. Not safe for concurrent use.</summary>
internal sealed class OfferWindow(TimeProvider time)
{
    /// <summary>How far back it reaches, at most.</summary>
    internal static readonly TimeSpan Length = TimeSpan.FromMinutes(5);

    private readonly TimeProvider time = time;
    private Dictionary<(string AgentId, string Role), SeenAgent> current = [];
    private Dictionary<(string AgentId, string Role), SeenAgent> previous = [];
    private long turnedAt = time.GetTimestamp();

    /// <summary>Takes what is on offer now, before anything is taken from it.</summary>
    internal void See(IEnumerable<AgentPool> pools)
    {
        Turn();
        foreach (var pool in pools)
        {
            var key = (pool.AgentId, pool.Role);
            current[key] = current.TryGetValue(key, out var seen) ? seen.With(pool) : SeenAgent.Of(pool);
        }
    }

    /// <summary>What was seen, each agent and role once.</summary>
    internal IReadOnlyCollection<SeenAgent> Agents
    {
        get
        {
            Turn();
            if (previous.Count == 0) return current.Values;
            var both = new Dictionary<(string AgentId, string Role), SeenAgent>(previous);
            foreach (var (key, seen) in current)
                both[key] = both.TryGetValue(key, out var older) ? seen.With(older) : seen;
            return both.Values;
        }
    }

    // Two halves: the window is between a half and the whole length.
    private void Turn()
    {
        var elapsed = time.GetElapsedTime(turnedAt);
        if (elapsed < Length / 2) return;
        (previous, current) = (elapsed < Length ? current : [], []);
        turnedAt = time.GetTimestamp();
    }
}

/// <summary>The most of each resource that an agent has offered at once, in thousandths.</summary>
internal sealed record SeenAgent(AgentPool Pool, long Cpus, long Mem, long Disk, long Gpus)
{
    internal static SeenAgent Of(AgentPool pool) =>
        new(pool, pool.Free.Cpus, pool.Free.Mem, pool.Free.Disk, pool.Free.Gpus);

    internal SeenAgent With(AgentPool pool) => Of(pool).With(this);

    internal SeenAgent With(SeenAgent other) => new(
        Pool, Math.Max(Cpus, other.Cpus), Math.Max(Mem, other.Mem), Math.Max(Disk, other.Disk),
        Math.Max(Gpus, other.Gpus));

    internal bool Covers(Demand demand) =>
        demand.Cpus <= Cpus && demand.Mem <= Mem && demand.Disk <= Disk && demand.Gpus * 1000L <= Gpus;
}
