using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Chronos.Executor.Native;

namespace Chronos.Executor.Protocol;

/// <summary>One connection between server and executor, which carries frames: four bytes of length, lowest first, then
/// UTF-8 JSON. It never waits: its owner waits with <see cref="ToPoll"/>. One thread receives, all may send.</summary>
internal sealed class FrameLink : IDisposable
{
    /// <summary>A launch of 256 attempts with an environment of 100 KB each fits.</summary>
    internal const int BytesMax = 64 * 1024 * 1024;

    private const int PrefixBytes = 4;
    private const int ReceivedBytes = 64 * 1024;

    private readonly Socket socket;
    private readonly Lock gate = new();

    // Not bounded by a number of bytes: what may wait here is bounded by the number of attempts.
    private readonly ArrayBufferWriter<byte> unsent = new(16 * 1024);
    private readonly Utf8JsonWriter json;
    private int sentCount;
    private byte[] received = new byte[ReceivedBytes];
    private int receivedCount;
    private bool isDisposed;

    internal FrameLink(Socket socket)
    {
        socket.Blocking = false;
        this.socket = socket;
        json = new(unsent, new() { SkipValidation = true });
    }

    /// <summary>Whether the peer has said something that was not received yet.</summary>
    internal bool HasUnread => socket.Available > 0;

    private bool HasUnsent
    {
        get
        {
            lock (gate) return unsent.WrittenCount > 0;
        }
    }

    /// <summary>What to wait for: frames, and room for what could not be sent yet.</summary>
    internal Libc.PollEntry ToPoll() => new()
    {
        Descriptor = (int)socket.Handle,
        Events = (short)(Libc.PollIn | (HasUnsent ? Libc.PollOut : 0)),
    };

    /// <summary>Adds a frame to what is to be sent.</summary>
    internal void Add(Frame frame)
    {
        lock (gate)
        {
            if (isDisposed) return;
            var start = unsent.WrittenCount;
            unsent.GetSpan(PrefixBytes);
            unsent.Advance(PrefixBytes);
            json.Reset(unsent);
            JsonSerializer.Serialize(json, frame, ProtocolJson.Default.Frame);
            json.Flush();
            var written = MemoryMarshal.AsMemory(unsent.WrittenMemory[start..]).Span;
            BinaryPrimitives.WriteInt32LittleEndian(written, written.Length - PrefixBytes);
        }
    }

    /// <summary>Sends what the kernel takes now; true: that was all. Whether the connection is broken is told by
    /// <see cref="Receive"/>.</summary>
    internal bool Flush()
    {
        lock (gate)
        {
            while (sentCount < unsent.WrittenCount && !isDisposed)
            {
                var count = socket.Send(unsent.WrittenSpan[sentCount..], SocketFlags.None, out var error);
                if (error == SocketError.WouldBlock) return false;
                if (error != SocketError.Success) break;
                sentCount += count;
            }

            unsent.ResetWrittenCount();
            sentCount = 0;
            return true;
        }
    }

    /// <summary>Takes what has come.</summary>
    /// <param name="frames">Gets the frames that are whole.</param>
    /// <returns>Whether more may come; false: the peer has closed.</returns>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="InvalidDataException">The peer sent nonsense.</exception>
    internal bool Receive(List<Frame> frames)
    {
        var count = socket.Receive(received.AsSpan(receivedCount), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return true;
        if (error != SocketError.Success) throw new IOException($"The connection broke: {error}.");
        if (count == 0 && receivedCount > 0)
            throw new EndOfStreamException("The connection broke within a frame.");
        if (count == 0) return false;
        receivedCount += count;
        TakeWhole(frames);
        return true;
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            socket.Dispose();
            json.Dispose();
        }
    }

    private void TakeWhole(List<Frame> frames)
    {
        var start = 0;
        var wanted = PrefixBytes;
        while (receivedCount - start >= PrefixBytes)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(received.AsSpan(start));
            if (length is <= 0 or > BytesMax) throw new InvalidDataException($"A frame cannot have {length} bytes.");
            wanted = PrefixBytes + length;
            if (receivedCount - start < wanted) break;
            frames.Add(Parse(received.AsSpan(start + PrefixBytes, length)));
            start += wanted;
        }

        received.AsSpan(start, receivedCount - start).CopyTo(received);
        receivedCount -= start;
        if (wanted > received.Length) Array.Resize(ref received, wanted);
    }

    private static Frame Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ProtocolJson.Default.Frame)
                ?? throw new InvalidDataException("A frame cannot be null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"A frame is not of this protocol: {e.Message}", e);
        }
    }
}
