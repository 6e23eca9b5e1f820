namespace Chronos.ZooKeeper.Protocol;

/// <summary>The bodies of answers.</summary>
internal static class ReplyBodies
{
    private const int AclBytesMin = 3 * sizeof(int);

    internal static NodeStat ReadStat(this ref JuteReader reader) => new(
        CreatedZxid: reader.ReadLong(),
        ModifiedZxid: reader.ReadLong(),
        CreatedAt: ReadTime(ref reader),
        ModifiedAt: ReadTime(ref reader),
        Version: reader.ReadInt(),
        ChildrenVersion: reader.ReadInt(),
        AclVersion: reader.ReadInt(),
        EphemeralOwner: reader.ReadLong(),
        LengthBytes: reader.ReadInt(),
        ChildrenCount: reader.ReadInt(),
        ChildrenModifiedZxid: reader.ReadLong());

    internal static NodeContent ReadContent(this ref JuteReader reader) => new(reader.ReadBuffer(), reader.ReadStat());

    internal static NodeChildren ReadChildren(this ref JuteReader reader) =>
        new(reader.ReadStrings(), reader.ReadStat());

    internal static NodePermissions ReadPermissions(this ref JuteReader reader)
    {
        var count = reader.ReadCount(AclBytesMin);
        var entries = new List<Acl>(count);
        for (var i = 0; i < count; i++)
            entries.Add(new((Permissions)reader.ReadInt(), reader.ReadString(), reader.ReadString()));
        return new(entries, reader.ReadStat());
    }

    /// <summary>The results of a multi-request, or why it failed.</summary>
    internal static (List<OperationResult> Results, List<ZooKeeperError> Errors) ReadMulti(this ref JuteReader reader)
    {
        var results = new List<OperationResult>();
        var errors = new List<ZooKeeperError>();
        while (true)
        {
            var code = (OpCode)reader.ReadInt();
            var isEnd = reader.ReadBool();
            _ = reader.ReadInt(); // repeated in the body
            if (isEnd) return (results, errors);
            if (code == OpCode.Error) errors.Add((ZooKeeperError)reader.ReadInt());
            else results.Add(ReadResult(ref reader, code));
        }
    }

    private static OperationResult ReadResult(ref JuteReader reader, OpCode code) => code switch
    {
        OpCode.Create => new(reader.ReadString(), Stat: null),
        OpCode.SetData => new(CreatedPath: null, reader.ReadStat()),
        OpCode.Delete or OpCode.Check => new(CreatedPath: null, Stat: null),
        _ => throw new InvalidDataException($"A result cannot be of the kind {(int)code}."),
    };

    private static DateTimeOffset ReadTime(ref JuteReader reader)
    {
        var milliseconds = reader.ReadLong();
        try
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException($"A time cannot be {milliseconds} ms.", e);
        }
    }
}
