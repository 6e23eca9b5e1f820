using Chronos.ZooKeeper.Sessions;
using Microsoft.Extensions.Logging;

namespace Chronos.ZooKeeper;

/// <summary>One session with a ZooKeeper ensemble. All members may be used by any thread at once.
/// <para>Requests are carried out in the order of the calls. While no server can be reached they wait; the token ends
/// the wait. A request under way when the connection breaks fails with <see cref="ZooKeeperError.ConnectionLoss"/>, and
/// nobody knows whether it was carried out. A request whose token ends after it was sent may still be carried out.
/// </para>
/// <para>The session survives lost connections and changes of servers. It is over when a server says so
/// (<see cref="SessionState.Expired"/>); a new session is a new client.</para></summary>
public sealed class ZooKeeperClient : IAsyncDisposable
{
    /// <summary>For versions: whatever the node is at.</summary>
    public const int AnyVersion = -1;

    private readonly Session session;
    private readonly Requests requests;
    private readonly TimeProvider time;

    private ZooKeeperClient(ZooKeeperOptions options, TimeProvider time, ILogger logger)
    {
        options.Validate();
        this.time = time;
        session = new(options, time, logger);
        requests = new(options.Address.Chroot, options.RequestBytesMax, session.Watches);
    }

    /// <summary>Where the session stands.</summary>
    public SessionState State => session.State;

    /// <summary>The session's number at the servers, as <see cref="NodeStat.EphemeralOwner"/> has it; 0: not open yet.
    /// </summary>
    public long SessionId => session.Id;

    /// <summary>How long the session outlives its last sign of life: what servers granted, or what was asked for while
    /// it is not open.</summary>
    public TimeSpan SessionTimeout => session.Timeout;

    /// <summary>Age of the last sign of life, by a monotonic clock: when the newest request was sent that has been
    /// answered, pings included; <see cref="TimeSpan.MaxValue"/>: none yet.
    /// <para>Only servers end a session, and a client that is cut off from them does not hear of it. Whoever relies on
    /// an ephemeral node must stop by itself before this reaches <see cref="SessionTimeout"/>; stop at two thirds,
    /// because a server that dies may take up to half a tick of signs of life with it.</para></summary>
    public TimeSpan SinceLastContact => session.SinceContact;

    /// <summary>Starts a session; connecting goes on behind.</summary>
    /// <param name="options">What to connect to, and limits.</param>
    /// <param name="time">The clock of all timers.</param>
    /// <param name="logger">Gets beginnings, losses and ends.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ZooKeeperClient Start(ZooKeeperOptions options, TimeProvider time, ILogger<ZooKeeperClient> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        return new(options, time, logger);
    }

    /// <summary>Waits until the state is another than <paramref name="known"/>; at once where it is. A state that was
    /// left meanwhile may go unseen.</summary>
    /// <returns>The state.</returns>
    public Task<SessionState> WaitForChangeAsync(SessionState known, CancellationToken cancellationToken) =>
        session.WaitForChangeAsync(known, cancellationToken);

    /// <summary>Waits until a server answers.</summary>
    /// <exception cref="ZooKeeperException">The session is over.</exception>
    public async Task WaitConnectedAsync(CancellationToken cancellationToken)
    {
        for (var state = State; state != SessionState.Connected;)
        {
            if (state is not (SessionState.Connecting or SessionState.Disconnected)) throw session.Refusal("");
            state = await session.WaitForChangeAsync(state, cancellationToken);
        }
    }

    /// <summary>Creates a node.</summary>
    /// <param name="path">Its path; one that ends with <c>/</c> makes a sequential node whose name is the number alone.
    /// </param>
    /// <param name="content">Its content, not above 1 MB with the path unless servers are set up for more.</param>
    /// <param name="mode">How long it lives, and whether its name gets a number.</param>
    /// <param name="permissions">Who may do what with it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its path, with the number.</returns>
    /// <exception cref="ZooKeeperException">NodeExists, NoNode (no parent), NoChildrenForEphemerals, NoAuth,
    /// InvalidAcl, RequestTooLarge; and what any request may meet.</exception>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    public Task<string> CreateAsync(
        string path, ReadOnlyMemory<byte> content, CreateMode mode, IReadOnlyList<Acl> permissions,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permissions);
        return session.SubmitAsync(requests.Create(path, content.Span, mode, permissions), cancellationToken);
    }

    /// <summary>Makes sure that a persistent node exists, and all nodes above it, including those of the chroot. Nodes
    /// that exist are left as they are.</summary>
    /// <exception cref="ZooKeeperException">NoAuth, InvalidAcl; and what any request may meet.</exception>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    public async Task EnsureAsync(string path, IReadOnlyList<Acl> permissions, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permissions);
        var steps = requests.StepsOnServer(path);
        // From below: creating what exists above may be forbidden.
        var first = steps.Count;
        while (first > 0
            && await session.SubmitAsync(requests.FindStep(steps[first - 1]), cancellationToken) is null) first--;
        foreach (var step in steps.Skip(first))
            await session.SubmitAsync(requests.CreateStep(step, permissions), cancellationToken);
    }

    /// <summary>Reads a node's content.</summary>
    /// <exception cref="ZooKeeperException">NoNode, NoAuth; and what any request may meet.</exception>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    public Task<NodeContent> GetAsync(string path, CancellationToken cancellationToken) =>
        session.SubmitAsync(requests.Get(path), cancellationToken);

    /// <summary>Reads a node's content and watches it: its next change or its end.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<Watched<NodeContent>> GetAndWatchAsync(string path, CancellationToken cancellationToken) =>
        session.SubmitAsync(requests.GetAndWatch(path), cancellationToken);

    /// <summary>Reads a node's stat.</summary>
    /// <returns>Null: it does not exist.</returns>
    /// <exception cref="ZooKeeperException">What any request may meet.</exception>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    public Task<NodeStat?> ExistsAsync(string path, CancellationToken cancellationToken) =>
        session.SubmitAsync(requests.Exists(path), cancellationToken);

    /// <summary>Reads a node's stat and watches it: its creation, or its next change or end.</summary>
    /// <inheritdoc cref="ExistsAsync"/>
    public Task<Watched<NodeStat?>> ExistsAndWatchAsync(string path, CancellationToken cancellationToken) =>
        session.SubmitAsync(requests.ExistsAndWatch(path), cancellationToken);

    /// <summary>Lists a node's children.</summary>
    /// <exception cref="ZooKeeperException">NoNode, NoAuth, ReplyTooLarge; and what any request may meet.</exception>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    public Task<NodeChildren> ChildrenAsync(string path, CancellationToken cancellationToken) =>
        session.SubmitAsync(requests.Children(path), cancellationToken);

    /// <summary>Lists a node's children and watches the list: children that come or go, and the node's end. Changes of
    /// a child's content are not seen.</summary>
    /// <inheritdoc cref="ChildrenAsync"/>
    public Task<Watched<NodeChildren>> ChildrenAndWatchAsync(string path, CancellationToken cancellationToken) =>
        session.SubmitAsync(requests.ChildrenAndWatch(path), cancellationToken);

    /// <summary>Sets a node's content.</summary>
    /// <param name="path">The node.</param>
    /// <param name="content">The new content, not above 1 MB with the path unless servers are set up for more.</param>
    /// <param name="version">The version that it must be at, or <see cref="AnyVersion"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its new stat.</returns>
    /// <exception cref="ZooKeeperException">NoNode, BadVersion, NoAuth, RequestTooLarge; and what any request may meet.
    /// </exception>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    public Task<NodeStat> SetAsync(
        string path, ReadOnlyMemory<byte> content, int version, CancellationToken cancellationToken) =>
        session.SubmitAsync(requests.Set(path, content.Span, version), cancellationToken);

    /// <summary>Deletes a node without children.</summary>
    /// <param name="path">The node.</param>
    /// <param name="version">The version that it must be at, or <see cref="AnyVersion"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ZooKeeperException">NoNode, BadVersion, NotEmpty, NoAuth; and what any request may meet.
    /// </exception>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    public Task DeleteAsync(string path, int version, CancellationToken cancellationToken) =>
        session.SubmitAsync(requests.Delete(path, version), cancellationToken);

    /// <summary>Carries out all operations as one change, or none.</summary>
    /// <returns>A result for each operation, in order.</returns>
    /// <exception cref="MultiException">One failed; it says which and why.</exception>
    /// <exception cref="ZooKeeperException">RequestTooLarge: the operations together; and what any request may meet.
    /// </exception>
    /// <exception cref="ArgumentException">A path breaks a rule.</exception>
    public Task<IReadOnlyList<OperationResult>> MultiAsync(
        IReadOnlyList<Operation> operations, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(operations);
        return session.SubmitAsync(requests.Multi(operations), cancellationToken);
    }

    /// <summary>Brings the connected server up to date: reads after it see all changes that were complete before it.
    /// </summary>
    /// <exception cref="ZooKeeperException">What any request may meet.</exception>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    public Task SyncAsync(string path, CancellationToken cancellationToken) =>
        session.SubmitAsync(requests.Sync(path), cancellationToken);

    /// <summary>Reads a node's permissions.</summary>
    /// <exception cref="ZooKeeperException">NoNode, NoAuth; and what any request may meet.</exception>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    public Task<NodePermissions> GetPermissionsAsync(string path, CancellationToken cancellationToken) =>
        session.SubmitAsync(requests.GetPermissions(path), cancellationToken);

    /// <summary>Replaces a node's permissions.</summary>
    /// <param name="path">The node.</param>
    /// <param name="permissions">Who may do what with it.</param>
    /// <param name="aclVersion">The <see cref="NodeStat.AclVersion"/> that it must be at, or <see cref="AnyVersion"/>.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its new stat.</returns>
    /// <exception cref="ZooKeeperException">NoNode, BadVersion, NoAuth, InvalidAcl; and what any request may meet.
    /// </exception>
    /// <exception cref="ArgumentException">The path breaks a rule.</exception>
    public Task<NodeStat> SetPermissionsAsync(
        string path, IReadOnlyList<Acl> permissions, int aclVersion, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(permissions);
        return session.SubmitAsync(requests.SetPermissions(path, permissions, aclVersion), cancellationToken);
    }

    /// <summary>Ends the session: requests made before are carried out, then its ephemeral nodes vanish at once. While
    /// the connection is lost it waits for another, because only a server can do that.</summary>
    /// <param name="cancellationToken">Gives up: the client is closed all the same, and its ephemeral nodes vanish when
    /// the session times out.</param>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public Task CloseAsync(CancellationToken cancellationToken) => session.CloseAsync(cancellationToken);

    /// <summary>Closes; gives up after a third of the session timeout, which the log then tells.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(SessionTimeout / 3, time);
        try
        {
            await session.CloseAsync(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            // Logged by the session.
        }

        session.Dispose();
    }
}
