using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Chronos.Executor.Native;

namespace Chronos.Executor.Protocol;

/// <summary>The unix socket in the executor's folder.</summary>
internal static class LocalSocket
{
    private const string FileName = "socket";
    private const int PathBytesMax = 100; // the kernel takes 107
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>Listens, and never waits in an accept. Whatever an earlier executor left is replaced, which its lock
    /// makes safe.</summary>
    internal static Socket Listen(string directory)
    {
        File.Delete(Path.Combine(directory, FileName));
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        WithAddress(directory, socket.Bind);
        socket.Listen(16);
        socket.Blocking = false; // who knocked may be gone when the door is opened
        return socket;
    }

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    internal static Socket Connect(string directory)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            WithAddress(directory, socket.Connect);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes the socket file away.</summary>
    internal static void Remove(string directory) => File.Delete(Path.Combine(directory, FileName));

    /// <summary>Whether the peer runs as the same user, or as root; the folder's mode says the same, this does not
    /// depend on it.</summary>
    internal static bool IsPeerTrusted(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        if (socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) < 8) return false;
        var user = BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
        return user == 0 || user == Libc.EffectiveUser();
    }

    // A socket's path may have 107 bytes; a folder's may be much longer. A descriptor of the folder makes it short.
    private static void WithAddress(string directory, Action<UnixDomainSocketEndPoint> use)
    {
        var path = Path.Combine(directory, FileName);
        if (System.Text.Encoding.UTF8.GetByteCount(path) <= PathBytesMax)
        {
            use(new(path));
            return;
        }

        var folder = Libc.Open(directory, Libc.OpenPath | Libc.OpenCloseOnExec, 0);
        if (folder < 0)
            throw new IOException($"Cannot open '{directory}': {Libc.Describe(Marshal.GetLastPInvokeError())}");
        try
        {
            use(new($"/proc/self/fd/{folder}/{FileName}"));
        }
        finally
        {
            _ = Libc.Close(folder);
        }
    }
}
