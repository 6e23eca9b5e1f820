namespace Chronos.ZooKeeper.Protocol;

/// <summary>The requests of the wire protocol that are used here.</summary>
internal enum OpCode
{
    Error = -1,
    CloseSession = -11,
    Create = 1,
    Delete = 2,
    Exists = 3,
    GetData = 4,
    SetData = 5,
    GetAcl = 6,
    SetAcl = 7,
    Sync = 9,
    Ping = 11,
    GetChildren2 = 12,
    Check = 13,
    Multi = 14,
    Auth = 100,
    SetWatches = 101,
}

/// <summary>Request ids that mean something; all others are positive and count up on a connection.</summary>
internal static class Xid
{
    internal const int Notification = -1;
    internal const int Ping = -2;
    internal const int Auth = -4;
    internal const int SetWatches = -8;
}
