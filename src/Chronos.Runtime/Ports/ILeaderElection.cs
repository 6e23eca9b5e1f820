namespace Chronos.Runtime.Ports;

/// <summary>One node's part in choosing who leads. Made once per process and kept for its life; campaigning,
/// renewing and resigning are never concurrent with each other.
/// <para>The store decides who leads, and numbers each leadership with a term greater than all before. A grant takes
/// the state store of the same cluster as well: from that moment commits of older terms are refused.</para>
/// <para>Whoever is granted a term does not yet know for how long. It renews; and from the moment at which it
/// <i>began</i> a renewal that succeeded, by its own monotonic clock, no other candidate is granted a term for
/// <see cref="Lease"/>. After that it must act no more, whatever it hears later. Nothing here reads a wall clock.
/// </para></summary>
public interface ILeaderElection : IAsyncDisposable
{
    /// <summary>For how long a leadership holds, counted from the start of its newest renewal that succeeded. A store
    /// whose own bookkeeping lags names less than it waits itself.</summary>
    TimeSpan Lease { get; }

    /// <summary>Shows this node among the members, and waits until it is granted a term.</summary>
    /// <param name="cancellationToken">Withdraws; what was granted meanwhile is given back or runs out.</param>
    /// <returns>The term. It holds only once it has been renewed.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now; campaign again.</exception>
    /// <exception cref="StoreCorruptException">What the store holds about leaderships cannot be understood. Final.
    /// </exception>
    Task<long> CampaignAsync(CancellationToken cancellationToken);

    /// <summary>Prolongs a leadership, and with it the membership.</summary>
    /// <param name="term">The term that was granted.</param>
    /// <param name="cancellationToken">Gives up; whether it was prolonged is then unknown.</param>
    /// <exception cref="LeadershipLostException">The term is over, and cannot be prolonged any more.</exception>
    /// <exception cref="StoreUnavailableException">Unknown whether it was prolonged; renew again.</exception>
    Task RenewAsync(long term, CancellationToken cancellationToken);

    /// <summary>Gives a leadership back, so that candidates are told at once. One that is over already stays so.
    /// </summary>
    /// <param name="term">The term that was granted. Nothing may be done under it any more.</param>
    /// <param name="cancellationToken">Gives up; the term then runs out by itself.</param>
    /// <exception cref="StoreUnavailableException">Unknown whether it was given back; it runs out by itself.
    /// </exception>
    Task ResignAsync(long term, CancellationToken cancellationToken);

    /// <summary>Who leads: what is known now, then each change. Leaders that follow each other quickly may be passed
    /// over; the newest never is. May be watched beside anything else.</summary>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <returns>Leaders; null: nobody leads.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now; watch again.</exception>
    IAsyncEnumerable<Leader?> WatchAsync(CancellationToken cancellationToken);

    /// <summary>The nodes that are up, this one and the leader included, by id.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be reached now; try again.</exception>
    Task<IReadOnlyList<ClusterMember>> ListMembersAsync(CancellationToken cancellationToken);
}

/// <summary>A node of the cluster.</summary>
/// <param name="Id">Random for each process, so that a node that starts again is another.</param>
/// <param name="Address">Where the others reach it, such as <c>http://node-1:8080</c>.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Key">A random secret of the process. Who shows it can read the store, and so belongs to the cluster.
/// Empty: not told, as in lists of members.</param>
public sealed record ClusterMember(string Id, string Address, string Version, string Key = "")
{
    /// <summary>Without the key.</summary>
    public override string ToString() => $"{Id} at {Address}";
}

/// <summary>Who leads.</summary>
/// <param name="Member">The node.</param>
/// <param name="Term">Its term.</param>
public sealed record Leader(ClusterMember Member, long Term);
