namespace Chronos.ZooKeeper;

/// <summary>How long a new node lives, and whether its name gets a number. The values are those of the wire.</summary>
public enum CreateMode
{
    /// <summary>Lives until it is deleted.</summary>
    Persistent = 0,

    /// <summary>Lives until it is deleted or the session ends. It cannot have children.</summary>
    Ephemeral = 1,

    /// <summary>Persistent; the parent's counter, ten digits with leading zeros, is appended to the name.</summary>
    PersistentSequential = 2,

    /// <summary>Ephemeral; the parent's counter, ten digits with leading zeros, is appended to the name.</summary>
    EphemeralSequential = 3,
}

internal static class CreateModeExtensions
{
    internal static bool IsSequential(this CreateMode mode) =>
        mode is CreateMode.PersistentSequential or CreateMode.EphemeralSequential;
}
