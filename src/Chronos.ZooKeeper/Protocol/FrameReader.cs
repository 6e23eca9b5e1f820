using System.Buffers.Binary;

namespace Chronos.ZooKeeper.Protocol;

/// <summary>Cuts what a server sends into frames: four bytes of length, then so many bytes. Of a frame that is too
/// large only the beginning is kept, enough to tell which request it answers.</summary>
internal sealed class FrameReader(Stream stream, int bytesMax, TimeProvider time)
{
    private const int PrefixBytes = 4;
    private const int BufferBytes = 64 * 1024;
    private byte[] buffer = new byte[BufferBytes];
    private int start;
    private int end;
    private long heardAt = time.GetTimestamp();

    /// <summary>When anything came last, as a time stamp of the monotonic clock. Any thread may ask.</summary>
    internal long HeardAt => Volatile.Read(ref heardAt);

    /// <summary>The next frame, valid until the next call.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">The peer is no ZooKeeper server.</exception>
    internal async ValueTask<Frame> ReadAsync(CancellationToken cancellationToken)
    {
        await FillAsync(PrefixBytes, cancellationToken);
        var length = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(start, PrefixBytes));
        if (length < 0) throw new InvalidDataException($"A frame cannot have {length} bytes.");
        start += PrefixBytes;
        if (length > bytesMax) return await ReadBeginningAsync(length, cancellationToken);
        await FillAsync(length, cancellationToken);
        var body = buffer.AsMemory(start, length);
        start += length;
        return new(body, length);
    }

    private async ValueTask<Frame> ReadBeginningAsync(int length, CancellationToken cancellationToken)
    {
        var beginning = new byte[ReplyHeader.Bytes];
        await FillAsync(beginning.Length, cancellationToken);
        buffer.AsSpan(start, beginning.Length).CopyTo(beginning);
        for (var left = length; left > 0;)
        {
            await FillAsync(1, cancellationToken);
            var skipped = Math.Min(left, end - start);
            start += skipped;
            left -= skipped;
        }

        return new(beginning, length);
    }

    // Makes so many bytes from start available.
    private async ValueTask FillAsync(int count, CancellationToken cancellationToken)
    {
        if (end - start >= count) return;
        MakeRoom(count);
        while (end - start < count)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0) throw new EndOfStreamException("The server closed the connection.");
            Volatile.Write(ref heardAt, time.GetTimestamp());
            end += read;
        }
    }

    // Moves what is kept to the front, of a larger buffer for a large frame, of a small one again after it.
    private void MakeRoom(int count)
    {
        var kept = buffer.AsSpan(start, end - start);
        var size = Math.Max(count, BufferBytes);
        if (buffer.Length != size) buffer = new byte[size];
        kept.CopyTo(buffer);
        end = kept.Length;
        start = 0;
    }
}

/// <summary>One frame. <paramref name="Body"/> is shorter than <paramref name="LengthBytes"/> where it is too large.
/// </summary>
internal readonly record struct Frame(ReadOnlyMemory<byte> Body, int LengthBytes)
{
    internal bool IsCut => Body.Length < LengthBytes;
}
