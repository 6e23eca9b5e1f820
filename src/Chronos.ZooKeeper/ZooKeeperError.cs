namespace Chronos.ZooKeeper;

/// <summary>Why a request failed. Negative values are ZooKeeper's own codes, positive ones this client's.</summary>
public enum ZooKeeperError
{
    /// <summary>Nothing failed. In a <see cref="MultiException"/>: would have succeeded, was undone.</summary>
    None = 0,

    /// <summary>The client was closed. The request was not carried out.</summary>
    Closed = 1,

    /// <summary>The request has more bytes than servers take. It was not sent.</summary>
    RequestTooLarge = 2,

    /// <summary>The answer has more bytes than the client takes. A read; nothing has changed.</summary>
    ReplyTooLarge = 3,

    /// <summary>Too many requests wait for a connection. The request was not carried out.</summary>
    TooManyRequests = 4,

    /// <summary>Something went wrong in a server.</summary>
    SystemError = -1,

    /// <summary>A server contradicts itself. In a <see cref="MultiException"/>: not tried, an earlier one failed.
    /// </summary>
    RuntimeInconsistency = -2,

    /// <summary>A server's copy is damaged.</summary>
    DataInconsistency = -3,

    /// <summary>The connection broke while the request was under way: nobody can say whether it was carried out.
    /// </summary>
    ConnectionLoss = -4,

    /// <summary>A server could not read the request.</summary>
    MarshallingError = -5,

    /// <summary>The server is too old for this request.</summary>
    Unimplemented = -6,

    /// <summary>A server gave up on the request.</summary>
    OperationTimeout = -7,

    /// <summary>A server finds the request invalid.</summary>
    BadArguments = -8,

    /// <summary>The node, or the parent of a new one, does not exist.</summary>
    NoNode = -101,

    /// <summary>The client may not do this here.</summary>
    NoAuth = -102,

    /// <summary>The node is at another version than the request insists on.</summary>
    BadVersion = -103,

    /// <summary>An ephemeral node cannot have children.</summary>
    NoChildrenForEphemerals = -108,

    /// <summary>The node exists already.</summary>
    NodeExists = -110,

    /// <summary>The node has children and cannot be deleted.</summary>
    NotEmpty = -111,

    /// <summary>The session is over. The request was not carried out.</summary>
    SessionExpired = -112,

    /// <summary>The permissions are invalid, or name the creator where the client has no credential.</summary>
    InvalidAcl = -114,

    /// <summary>A server refused the credential. The request was not carried out.</summary>
    AuthFailed = -115,

    /// <summary>The session has moved to another server, which this one learnt before its client did. The request was
    /// not carried out.</summary>
    SessionMoved = -118,

    /// <summary>The server is cut off and only reads.</summary>
    NotReadOnly = -119,

    /// <summary>Too many requests in a server.</summary>
    RequestTimeout = -122,

    /// <summary>The servers demand another kind of authentication.</summary>
    SessionClosedRequireAuth = -124,

    /// <summary>A quota of the servers is used up.</summary>
    QuotaExceeded = -125,
}
