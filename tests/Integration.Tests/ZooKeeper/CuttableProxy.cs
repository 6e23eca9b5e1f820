using System.Net;
using System.Net.Sockets;
using Chronos.ZooKeeper;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Stands between a client and a server, and plays the network's worst: connections that break, that turn
/// silent, and a server that cannot be reached.</summary>
internal sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int port;
    private readonly List<Socket> sockets = [];
    private readonly Lock guard = new();
    private readonly Task accepting;
    private volatile bool isCut;
    private volatile TaskCompletionSource? toServer;
    private volatile TaskCompletionSource? toClient;
    private int accepted;

    internal CuttableProxy(int port)
    {
        this.port = port;
        listener.Start();
        accepting = AcceptAsync();
    }

    internal ServerAddress Address => new("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);

    /// <summary>Connections so far, including those that were turned away.</summary>
    internal int Accepted => Volatile.Read(ref accepted);

    /// <summary>Breaks all connections, and those to come.</summary>
    internal void Cut()
    {
        isCut = true;
        Break();
    }

    /// <summary>Breaks the connections there are.</summary>
    internal void Break()
    {
        lock (guard)
        {
            foreach (var socket in sockets) socket.Dispose();
            sockets.Clear();
        }
    }

    /// <summary>Lets connections through again.</summary>
    internal void Heal()
    {
        isCut = false;
        Interlocked.Exchange(ref toServer, null)?.SetResult();
        Interlocked.Exchange(ref toClient, null)?.SetResult();
    }

    /// <summary>Keeps connections open, but what either side says does not arrive.</summary>
    internal void Silence()
    {
        toServer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        HoldAnswers();
    }

    /// <summary>Requests arrive, answers do not.</summary>
    internal void HoldAnswers() => toClient = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        Cut();
        Heal();
        await accepting;
    }

    private async Task AcceptAsync()
    {
        var pumps = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync();
                Interlocked.Increment(ref accepted);
                if (isCut) client.Dispose();
                else pumps.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            Break();
            await Task.WhenAll(pumps);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (guard) sockets.AddRange([client, server]);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port);
            await Task.WhenAny(PumpAsync(client, server, () => toServer), PumpAsync(server, client, () => toClient));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody listens, or the connection was cut meanwhile.
        }
        finally
        {
            client.Dispose();
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, Func<TaskCompletionSource?> hold)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer);
                if (hold() is { } held) await held.Task;
                if (count == 0) return;
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone; the other follows.
        }
    }
}
