using System.Buffers.Binary;
using System.Text;

namespace Chronos.ZooKeeper.Protocol;

/// <summary>Writes values in jute, the encoding of ZooKeeper, into one growing array.</summary>
internal sealed class JuteWriter(int capacity)
{
    private byte[] buffer = new byte[capacity];

    internal int Length { get; private set; }

    internal Memory<byte> Written => buffer.AsMemory(0, Length);

    internal void WriteInt(int value) => BinaryPrimitives.WriteInt32BigEndian(Reserve(sizeof(int)), value);

    internal void WriteLong(long value) => BinaryPrimitives.WriteInt64BigEndian(Reserve(sizeof(long)), value);

    internal void WriteBool(bool value) => Reserve(1)[0] = value ? (byte)1 : (byte)0;

    internal void WriteBuffer(ReadOnlySpan<byte> value)
    {
        WriteInt(value.Length);
        value.CopyTo(Reserve(value.Length));
    }

    internal void WriteString(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        WriteInt(length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    internal void WriteStrings(IReadOnlyCollection<string> values)
    {
        WriteInt(values.Count);
        foreach (var value in values) WriteString(value);
    }

    private Span<byte> Reserve(int count)
    {
        var start = Length;
        var needed = checked(start + count);
        if (needed > buffer.Length)
            Array.Resize(ref buffer, (int)Math.Min(Math.Max(needed, buffer.Length * 2L), Array.MaxLength));
        Length = needed;
        return buffer.AsSpan(start, count);
    }
}
