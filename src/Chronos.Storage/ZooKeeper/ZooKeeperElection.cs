using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;
using Chronos.Storage.KeyValues;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging;

namespace Chronos.Storage.ZooKeeper;

/// <summary>An election over ZooKeeper. A node has one session, with its ephemeral node below <c>/members</c>; whoever
/// creates the ephemeral node <c>/leader</c> leads, and the same transaction writes the next term into the fence. Both
/// nodes go when the session is over.
/// <para>A session lives on by itself while its process does. A node that leads and does not renew is stuck, so its
/// session is ended for it.</para></summary>
/// <param name="options">Where the servers are; the session timeout is the lease.</param>
/// <param name="member">This node.</param>
/// <param name="loggers">Of sessions.</param>
public sealed class ZooKeeperElection(ZooKeeperOptions options, ClusterMember member, ILoggerFactory loggers)
    : ILeaderElection
{
    private readonly ZooKeeperSessions sessions = new(options, loggers);
    private readonly Lock gate = new();
    private ZooKeeperClient? joined;
    private Holding? holding;
    private ITimer? watchdog;
    private Task dropping = Task.CompletedTask;

    /// <summary>Two thirds of the session timeout: a server that dies takes up to half a tick of signs of life with it.
    /// Servers may grant a longer session, and then others wait longer; a node with a shorter one does not lead.
    /// </summary>
    public TimeSpan Lease { get; } = options.SessionTimeout * (2.0 / 3);

    /// <inheritdoc/>
    public async Task<long> CampaignAsync(CancellationToken cancellationToken)
    {
        await dropping;
        try
        {
            while (true)
            {
                var session = await JoinAsync(cancellationToken);
                var (leader, changed) = await LookAsync(session, cancellationToken);
                // A node of our own is left from a campaign whose end nobody heard of, or a term that was given up.
                if (leader is null || leader.Content.Member.Id == member.Id)
                {
                    if (await TryLeadAsync(session, leader, cancellationToken) is { } term) return term;
                }
                else
                {
                    await WaitAsync(changed, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            await DropAsync(); // we may have been made leader meanwhile
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task RenewAsync(long term, CancellationToken cancellationToken)
    {
        var held = holding;
        if (held?.Term != term) throw Lost(term, "it was given up");
        if (ZooKeeperSessions.IsOver(held.Session)) throw Lost(term, "its session is over");
        if (held.Session.SessionTimeout < options.SessionTimeout)
            throw Lost(term, "a server holds its session for less than the lease");
        try
        {
            // A transaction, though it changes nothing: only those reach the servers' leader, who counts sessions.
            await sessions.DoAsync(
                held.Session,
                token => held.Session.MultiAsync([Operation.Check(NodeNames.Leader, held.Version)], token),
                cancellationToken);
            var leader = await sessions.DoAsync(
                held.Session, token => held.Session.GetAsync(NodeNames.Leader, token), cancellationToken);
            if (leader.Stat.EphemeralOwner != held.Session.SessionId) throw Lost(term, "it does not lead any more");
        }
        catch (ZooKeeperException e)
        {
            throw Lost(term, e.Message);
        }
        catch (StoreUnavailableException) when (ZooKeeperSessions.IsOver(held.Session))
        {
            throw Lost(term, "its session is over");
        }

        Watch();
    }

    /// <inheritdoc/>
    public async Task ResignAsync(long term, CancellationToken cancellationToken)
    {
        var held = holding;
        if (held?.Term != term) return;
        try
        {
            await sessions.DoAsync(
                held.Session,
                token => held.Session.MultiAsync([Operation.Delete(NodeNames.Leader, held.Version)], token),
                cancellationToken);
        }
        catch (ZooKeeperException e) when (e.Error is ZooKeeperError.NoNode or ZooKeeperError.BadVersion)
        {
            // It is over already.
        }

        holding = null;
        Unwatch();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Leader?> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isFirst = true;
        Leader? told = null;
        while (true)
        {
            var (leader, changed) = await LookAsync(sessions.Current, cancellationToken);
            if (isFirst || leader?.Content != told) yield return leader?.Content;
            (isFirst, told) = (false, leader?.Content);
            await WaitAsync(changed, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClusterMember>> ListMembersAsync(CancellationToken cancellationToken)
    {
        var session = sessions.Current;
        return await sessions.DoAsync(session, ListAsync, cancellationToken);

        async Task<IReadOnlyList<ClusterMember>> ListAsync(CancellationToken token)
        {
            await session.EnsureAsync(NodeNames.Members, sessions.Permissions, token);
            await session.SyncAsync("/", token);
            var ids = (await session.ChildrenAsync(NodeNames.Members, token)).Names;
            var nodes = await Task.WhenAll(ids.Order(StringComparer.Ordinal)
                .Select(id => TryGetAsync(session, $"{NodeNames.Members}/{id}", token)));
            return [.. nodes.Where(node => node is not null)
                .Select(node => MemberJson.ReadMember(node!.Content, sessions.Place))];
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Unwatch();
        await dropping;
        await sessions.DisposeAsync();
    }

    /// <summary>Makes sure that this session has its node among the members.</summary>
    private async Task<ZooKeeperClient> JoinAsync(CancellationToken cancellationToken)
    {
        var session = sessions.Current;
        if (joined == session) return session;
        var path = $"{NodeNames.Members}/{member.Id}";
        await sessions.DoAsync(session, JoinAsync, cancellationToken);
        if (session.SessionTimeout < options.SessionTimeout)
            throw new StoreCorruptException($"{sessions.Place} holds sessions for "
                + $"{session.SessionTimeout.TotalSeconds} s at most, and the lease is "
                + $"{options.SessionTimeout.TotalSeconds} s. Choose a lease that is no longer, or "
                + "raise maxSessionTimeout of the servers.");
        joined = session;
        return session;

        async Task<bool> JoinAsync(CancellationToken token)
        {
            await session.EnsureAsync(NodeNames.Members, sessions.Permissions, token);
            if (await session.ExistsAsync(path, token) is not null) // of a session of this node that has yet to end
                await session.DeleteAsync(path, ZooKeeperClient.AnyVersion, token);
            await session.CreateAsync(
                path, MemberJson.Write(member), CreateMode.Ephemeral, sessions.Permissions, token);
            return true;
        }
    }

    private async Task<long?> TryLeadAsync(
        ZooKeeperClient session, Sighting? own, CancellationToken cancellationToken)
    {
        var stored = await TryGetAsync(session, NodeNames.Fence, cancellationToken);
        var version = stored is null ? 0 : FenceNode.ToVersion(stored.Stat);
        var fence = Fence.Read(new(version, stored?.Content), sessions.Place);
        var term = fence.Term + 1;
        var operations = new List<Operation>();
        if (own is not null) operations.Add(Operation.Delete(NodeNames.Leader, own.Version));
        operations.Add(Operation.Create(
            NodeNames.Leader, MemberJson.Write(new Leader(member, term)), CreateMode.Ephemeral, sessions.Permissions));
        operations.AddRange(FenceNode.Guard(version, fence.TakenBy(term).ToJson(), sessions.Permissions));
        try
        {
            await sessions.DoAsync(session, token => session.MultiAsync(operations, token), cancellationToken);
        }
        catch (MultiException)
        {
            return null; // somebody was faster; look again
        }

        holding = new(term, session, Version: 0);
        Watch();
        return term;
    }

    private async Task<(Sighting? Leader, Task<WatchEvent> Changed)> LookAsync(
        ZooKeeperClient session, CancellationToken cancellationToken)
    {
        await sessions.DoAsync(session, PrepareAsync, cancellationToken);
        while (true)
        {
            var (stat, changed) = await sessions.DoAsync(
                session, token => session.ExistsAndWatchAsync(NodeNames.Leader, token), cancellationToken);
            if (stat is null) return (null, changed);
            if (await TryGetAsync(session, NodeNames.Leader, cancellationToken) is { } leader)
                return (new(MemberJson.ReadLeader(leader.Content, sessions.Place), leader.Stat.Version), changed);
        }

        async Task<bool> PrepareAsync(CancellationToken token)
        {
            await session.EnsureAsync("/", sessions.Permissions, token);
            await session.SyncAsync("/", token);
            return true;
        }
    }

    private async Task<NodeContent?> TryGetAsync(
        ZooKeeperClient session, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.DoAsync(session, token => session.GetAsync(path, token), cancellationToken);
        }
        catch (ZooKeeperException e) when (e.Error == ZooKeeperError.NoNode)
        {
            return null;
        }
    }

    private async Task WaitAsync(Task<WatchEvent> changed, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(cancellationToken);
        }
        catch (ZooKeeperException e)
        {
            throw new StoreUnavailableException($"{sessions.Place}: {e.Message}", e);
        }
    }

    /// <summary>Counts anew until the session is ended because nobody renews.</summary>
    private void Watch()
    {
        lock (gate)
        {
            watchdog ??= TimeProvider.System.CreateTimer(
                _ => dropping = DropAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            watchdog.Change(options.SessionTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    private void Unwatch()
    {
        lock (gate)
        {
            watchdog?.Dispose();
            watchdog = null;
        }
    }

    private async Task DropAsync()
    {
        Unwatch();
        holding = null;
        await sessions.DropAsync();
    }

    private static LeadershipLostException Lost(long term, string why) =>
        new($"Term {term} of this node is over: {why}.");

    private sealed record Holding(long Term, ZooKeeperClient Session, int Version);

    private sealed record Sighting(Leader Content, int Version);
}
