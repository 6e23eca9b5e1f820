using System.Buffers.Binary;
using Chronos.ZooKeeper.Protocol;

namespace Chronos.ZooKeeper.Sessions;

/// <summary>Builds the bytes of a request.</summary>
internal static class RequestFrame
{
    private const int PrefixBytes = 4;

    /// <summary>Bytes that hold a body of this path and content without growing, in most cases.</summary>
    internal static int CapacityFor(string path, int contentBytes = 0) =>
        checked(Request.HeaderBytes + path.Length + contentBytes + 64);

    internal static JuteWriter Begin(OpCode code, int capacity)
    {
        var writer = new JuteWriter(capacity);
        writer.WriteInt(0); // the length, filled in at the end
        writer.WriteInt(0); // the id, filled in by the connection
        writer.WriteInt((int)code);
        return writer;
    }

    /// <summary>The finished frame.</summary>
    /// <exception cref="ZooKeeperException">It is too large.</exception>
    internal static Memory<byte> End(JuteWriter writer, string path, int bytesMax)
    {
        var length = writer.Length - PrefixBytes;
        if (length > bytesMax)
            throw new ZooKeeperException(ZooKeeperError.RequestTooLarge, path,
                ZooKeeperException.Place(path) + $"the request has {length} bytes; servers take {bytesMax}. Split it, "
                + $"or raise jute.maxbuffer on all servers and {nameof(ZooKeeperOptions.RequestBytesMax)} here.",
                cause: null);
        BinaryPrimitives.WriteInt32BigEndian(writer.Written.Span, length);
        return writer.Written;
    }

    internal static void SetXid(Span<byte> frame, int xid) =>
        BinaryPrimitives.WriteInt32BigEndian(frame[PrefixBytes..], xid);
}
