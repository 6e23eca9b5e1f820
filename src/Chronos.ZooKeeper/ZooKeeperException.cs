namespace Chronos.ZooKeeper;

/// <summary>A request failed; <see cref="Error"/> says why, and whether it may have been carried out.</summary>
public class ZooKeeperException : Exception
{
    /// <summary>A failure with a text of its own.</summary>
    public ZooKeeperException(ZooKeeperError error, string path, string message, Exception? cause)
        : base(message, cause)
    {
        Error = error;
        Path = path;
    }

    internal ZooKeeperException(ZooKeeperError error, string path)
        : this(error, path, Place(path) + Describe(error), cause: null)
    {
    }

    /// <summary>Why.</summary>
    public ZooKeeperError Error { get; }

    /// <summary>The path that the request named, as the caller wrote it; empty: none.</summary>
    public string Path { get; }

    /// <summary>How a message begins.</summary>
    internal static string Place(string path) => path.Length == 0 ? "ZooKeeper: " : $"ZooKeeper, '{path}': ";

    internal static string Describe(ZooKeeperError error) => error switch
    {
        ZooKeeperError.Closed => "the client is closed.",
        ZooKeeperError.ConnectionLoss =>
            "the connection broke while the request was under way; whether it was carried out is unknown.",
        ZooKeeperError.NoNode => "the node, or the parent of a new one, does not exist.",
        ZooKeeperError.NoAuth => "not allowed; check the credential and the node's permissions.",
        ZooKeeperError.BadVersion => "the node is at another version.",
        ZooKeeperError.NoChildrenForEphemerals => "an ephemeral node cannot have children.",
        ZooKeeperError.NodeExists => "the node exists already.",
        ZooKeeperError.NotEmpty => "the node has children.",
        ZooKeeperError.SessionExpired => "the session has expired; a new client is needed.",
        ZooKeeperError.InvalidAcl => "the permissions are invalid; those of the creator need a credential.",
        ZooKeeperError.AuthFailed => "a server refused the credential.",
        ZooKeeperError.Unimplemented => "the server does not know this request.",
        ZooKeeperError.BadArguments => "the server finds the request invalid.",
        _ => $"failed with {error} ({(int)error}).",
    };
}
