using System.Security.Cryptography;
using System.Text;

namespace Chronos.ZooKeeper;

/// <summary>One entry of a node's list of permissions.</summary>
/// <param name="Permissions">What is allowed.</param>
/// <param name="Scheme">How identities are proved, such as <c>world</c>, <c>digest</c> or <c>ip</c>.</param>
/// <param name="Id">Who is allowed, in the scheme's form.</param>
public sealed record Acl(Permissions Permissions, string Scheme, string Id)
{
    /// <summary>Everybody may do everything.</summary>
    public static IReadOnlyList<Acl> Open { get; } = [new(Permissions.All, "world", "anyone")];

    /// <summary>Everybody may read.</summary>
    public static IReadOnlyList<Acl> ReadOnly { get; } = [new(Permissions.Read, "world", "anyone")];

    /// <summary>Who creates the node may do everything, others nothing. Without a credential the servers refuse it with
    /// <see cref="ZooKeeperError.InvalidAcl"/>.</summary>
    public static IReadOnlyList<Acl> CreatorOnly { get; } = [new(Permissions.All, "auth", "")];

    /// <summary>Who has this user name and password.</summary>
    public static Acl Digest(Permissions permissions, string user, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        ArgumentNullException.ThrowIfNull(password);
        // The digest scheme is SHA-1 by definition; servers are told the password over the wire anyway.
#pragma warning disable CA5350
        var hash = SHA1.HashData(Encoding.UTF8.GetBytes($"{user}:{password}"));
#pragma warning restore CA5350
        return new(permissions, "digest", $"{user}:{Convert.ToBase64String(hash)}");
    }
}

/// <summary>A node's permissions.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Stat">The node's; its <see cref="NodeStat.AclVersion"/> is what a change can insist on.</param>
public sealed record NodePermissions(IReadOnlyList<Acl> Entries, NodeStat Stat);
