namespace Chronos.ZooKeeper.Protocol;

/// <summary>What begins each answer and notification.</summary>
internal readonly record struct ReplyHeader(int Xid, long Zxid, ZooKeeperError Error)
{
    internal const int Bytes = 16;

    internal static ReplyHeader Read(ref JuteReader reader) =>
        new(reader.ReadInt(), reader.ReadLong(), (ZooKeeperError)reader.ReadInt());
}
