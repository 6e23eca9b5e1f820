namespace Chronos.ZooKeeper;

/// <summary>Where a session stands.
/// <code>
/// Connecting ──▶ Connected ◀──▶ Disconnected
///     └─────────────┴──────┬───────┘
///              Expired, AuthFailed, Closed   (final)
/// </code></summary>
public enum SessionState
{
    /// <summary>No server has opened the session yet. Requests wait.</summary>
    Connecting,

    /// <summary>A server answers. Requests are sent.</summary>
    Connected,

    /// <summary>The connection is lost; the session may live on, with its ephemeral nodes. The client looks for a
    /// server; requests wait.</summary>
    Disconnected,

    /// <summary>A server has said that the session is over: its ephemeral nodes are gone. Final.</summary>
    Expired,

    /// <summary>A server refused the credential. Final.</summary>
    AuthFailed,

    /// <summary>The client was closed, or has met a defect of its own, which the log tells. Final.</summary>
    Closed,
}
