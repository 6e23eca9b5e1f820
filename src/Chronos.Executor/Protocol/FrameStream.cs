using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;

namespace Chronos.Executor.Protocol;

/// <summary>Frames over a socket: four bytes of length, lowest first, then UTF-8 JSON. One reader and one writer at a
/// time.</summary>
internal sealed class FrameStream(Socket socket) : IDisposable
{
    /// <summary>A launch of 256 attempts with an environment of 100 KB each fits.</summary>
    internal const int BytesMax = 64 * 1024 * 1024;

    private const int PrefixBytes = 4;
    private readonly NetworkStream stream = new(socket, ownsSocket: true);
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly byte[] prefix = new byte[PrefixBytes];
    private byte[] body = new byte[16 * 1024];

    /// <summary>The next frame; null: the peer has closed.</summary>
    /// <exception cref="IOException">The connection broke or the peer sent nonsense.</exception>
    internal async Task<Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        var first = await stream.ReadAtLeastAsync(prefix, PrefixBytes, throwOnEndOfStream: false, cancellationToken);
        if (first == 0) return null;
        if (first < PrefixBytes) throw new EndOfStreamException("The connection broke within a frame.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length is <= 0 or > BytesMax) throw new InvalidDataException($"A frame cannot have {length} bytes.");
        if (body.Length < length) body = new byte[length];
        await stream.ReadExactlyAsync(body.AsMemory(0, length), cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(body.AsSpan(0, length), ProtocolJson.Default.Frame)
                ?? throw new InvalidDataException("A frame cannot be null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"A frame is not of this protocol: {e.Message}", e);
        }
    }

    /// <summary>Sends a frame.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    internal async Task WriteAsync(Frame frame, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        buffer.SetLength(PrefixBytes);
        buffer.Position = PrefixBytes;
        JsonSerializer.Serialize(buffer, frame, ProtocolJson.Default.Frame);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.Span, bytes.Length - PrefixBytes);
        await writing.WaitAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(bytes, cancellationToken);
        }
        finally
        {
            writing.Release();
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        writing.Dispose();
    }
}
