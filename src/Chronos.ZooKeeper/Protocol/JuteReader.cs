using System.Buffers.Binary;
using System.Text;

namespace Chronos.ZooKeeper.Protocol;

/// <summary>Reads values in jute, the encoding of ZooKeeper: big-endian, lengths before content, -1 for null. Bytes
/// that cannot be what they should throw <see cref="InvalidDataException"/>.</summary>
internal ref struct JuteReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);
    private ReadOnlySpan<byte> rest = bytes;

    internal readonly int BytesLeft => rest.Length;

    internal int ReadInt() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    internal long ReadLong() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    internal bool ReadBool() => Take(1)[0] != 0;

    /// <summary>Bytes of their own; none for null.</summary>
    internal byte[] ReadBuffer() => Take(ReadLength()).ToArray();

    /// <summary>A text; empty for null.</summary>
    internal string ReadString() => Utf8.GetString(Take(ReadLength()));

    internal List<string> ReadStrings()
    {
        var count = ReadCount(sizeof(int));
        var strings = new List<string>(count);
        for (var i = 0; i < count; i++) strings.Add(ReadString());
        return strings;
    }

    /// <summary>The length of a list whose items have at least so many bytes each.</summary>
    internal int ReadCount(int itemBytesMin)
    {
        var count = ReadLength();
        if ((long)count * itemBytesMin > rest.Length)
            throw new InvalidDataException($"A list of {count} items does not fit the {rest.Length} bytes left.");
        return count;
    }

    private int ReadLength()
    {
        var length = ReadInt();
        return length >= -1 ? Math.Max(length, 0)
            : throw new InvalidDataException($"A length cannot be {length}.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length)
            throw new InvalidDataException($"The answer ends {count - rest.Length} bytes early.");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
