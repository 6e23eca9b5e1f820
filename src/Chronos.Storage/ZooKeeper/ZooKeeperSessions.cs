using Chronos.Runtime.Ports;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging;

namespace Chronos.Storage.ZooKeeper;

/// <summary>One session with ZooKeeper after the other: a new one begins when the last is over.</summary>
internal sealed class ZooKeeperSessions(ZooKeeperOptions options, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private ZooKeeperClient? current;

    /// <summary>Where the servers are, without secrets.</summary>
    public string Place { get; } = options.Address.ToString();

    /// <summary>Whom nodes belong to: with a credential to whoever has it, else to everybody.</summary>
    public IReadOnlyList<Acl> Permissions { get; } =
        options.Address.Credential is null ? Acl.Open : Acl.CreatorOnly;

    /// <summary>The session there is, or a new one.</summary>
    public ZooKeeperClient Current
    {
        get
        {
            lock (gate)
            {
                if (current is null || IsOver(current))
                    current = ZooKeeperClient.Start(
                        options, TimeProvider.System, loggers.CreateLogger<ZooKeeperClient>());
                return current;
            }
        }
    }

    /// <summary>Whether a session has ended for good.</summary>
    public static bool IsOver(ZooKeeperClient session) =>
        session.State is SessionState.Expired or SessionState.AuthFailed or SessionState.Closed;

    /// <summary>Does something that takes a moment at most.</summary>
    /// <exception cref="ZooKeeperException">About nodes: NoNode, NodeExists, NotEmpty or BadVersion.</exception>
    /// <exception cref="StoreUnavailableException">Anything else, and no answer in time.</exception>
    public async Task<T> DoAsync<T>(
        ZooKeeperClient session, Func<CancellationToken, Task<T>> request, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        giveUp.CancelAfter(options.SessionTimeout);
        try
        {
            return await request(giveUp.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreUnavailableException(
                $"{Place}: no answer within {options.SessionTimeout.TotalSeconds} s; the session is "
                + $"{session.State.ToString().ToLowerInvariant()}.", e);
        }
        catch (ZooKeeperException e) when (!IsAboutNodes(e))
        {
            throw new StoreUnavailableException($"{Place}: {e.Message}", e);
        }
    }

    /// <summary>Ends the session, and with it its ephemeral nodes.</summary>
    public async Task DropAsync()
    {
        ZooKeeperClient? dropped;
        lock (gate) (dropped, current) = (current, null);
        if (dropped is not null) await dropped.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DropAsync();

    private static bool IsAboutNodes(ZooKeeperException e) => e.Error is ZooKeeperError.NoNode
        or ZooKeeperError.NodeExists or ZooKeeperError.NotEmpty or ZooKeeperError.BadVersion;
}
