namespace Chronos.ZooKeeper;

/// <summary>What an <see cref="Acl"/> allows on one node; it is not inherited. The values are those of the wire.
/// </summary>
[Flags]
public enum Permissions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reading content and children.</summary>
    Read = 1,

    /// <summary>Changing content.</summary>
    Write = 2,

    /// <summary>Creating children.</summary>
    Create = 4,

    /// <summary>Deleting children.</summary>
    Delete = 8,

    /// <summary>Changing the permissions.</summary>
    Admin = 16,

    /// <summary>All of them.</summary>
    All = Read | Write | Create | Delete | Admin,
}
