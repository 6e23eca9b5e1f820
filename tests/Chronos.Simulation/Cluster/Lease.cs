using NodaTime;

namespace Chronos.Simulation.Cluster;

/// <summary>Says who leads, with terms that grow. It can be wrong about who still lives, and a node can be wrong about
/// still leading: two may believe it at once, and only the store keeps them apart.</summary>
internal sealed class Lease
{
    private readonly ClusterParts parts;
    private readonly NodeClock[] clocks;
    private readonly Instant[] downUntil;
    private readonly List<ClusterNode> believers = [];
    private ClusterNode? holder;
    private long term;

    public Lease(ClusterParts parts, NodeClock[] clocks)
    {
        (this.parts, this.clocks) = (parts, clocks);
        downUntil = new Instant[clocks.Length];
        Array.Fill(downUntil, Instant.MinValue);
        GrantAfter(Duration.Zero);
    }

    /// <summary>Called when a leadership begins, before it loads.</summary>
    public Action<ClusterNode> Granted { get; set; } = static _ => { };

    /// <summary>Nodes that believe to lead, the rightful one last.</summary>
    public IReadOnlyList<ClusterNode> Believers => believers;

    /// <summary>The rightful leader, if it has begun to decide.</summary>
    public ClusterNode? Leader => holder is { Loop: not null } ? holder : null;

    /// <summary>The number of leaderships so far.</summary>
    public long Term => term;

    /// <summary>Takes the lease away; the node learns of it later, if it ever does.</summary>
    public void Revoke()
    {
        if (holder is not { } node) return;
        holder = null;
        parts.Trace.Say("lease", $"takes the lead from {node.Name}");
        if (parts.Faults.Chance(0.7))
            parts.Time.After(parts.Faults.Between(Duration.Zero, Duration.FromSeconds(30)),
                () => node.Leave("learns that it does not lead any more"));
        GrantAfter(parts.Faults.Between(Duration.Zero, Duration.FromSeconds(3)));
    }

    /// <summary>Machines that were down are up again.</summary>
    public void Heal() => Array.Fill(downUntil, parts.Time.Now);

    private void GrantAfter(Duration delay) => parts.Time.After(delay, Grant);

    private void Grant()
    {
        if (holder is not null) return;
        var candidates = Enumerable.Range(0, clocks.Length).Where(i => downUntil[i] <= parts.Time.Now).ToList();
        if (candidates.Count == 0)
        {
            GrantAfter(Duration.FromSeconds(1));
            return;
        }

        var index = parts.Faults.Pick(candidates);
        var node = new ClusterNode($"node-{index + 1}", ++term, clocks[index], parts, left => OnLeft(left, index));
        // A process leads once: what it was before, it is no more.
        believers.FirstOrDefault(b => b.Name == node.Name)?.Leave("is elected anew");
        holder = node;
        believers.Add(node);
        Granted(node);
        _ = node.BeginAsync();
    }

    private void OnLeft(ClusterNode node, int index)
    {
        believers.Remove(node);
        var isShort = !parts.Faults.IsActive || parts.Faults.Chance(0.8);
        downUntil[index] = parts.Time.Now + (isShort
            ? parts.Faults.Between(Duration.FromSeconds(0.1), Duration.FromSeconds(8))
            : parts.Faults.Between(Duration.FromMinutes(1), Duration.FromHours(2)));
        if (holder != node) return;
        holder = null;
        GrantAfter(parts.Faults.Between(Duration.FromSeconds(0.1), Duration.FromSeconds(15)));
    }
}
