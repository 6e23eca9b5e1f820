using System.Net;
using System.Net.Sockets;
using Chronos.ZooKeeper;
using Chronos.ZooKeeper.Protocol;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>A server that opens sessions and then does what a test says, which a real one never would.</summary>
internal sealed class BadServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<Stream, Task> behave;
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private int accepted;

    internal BadServer(Func<Stream, Task> behave)
    {
        this.behave = behave;
        listener.Start();
        accepting = AcceptAsync();
    }

    internal ServerAddress Address => new("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);

    internal int Accepted => Volatile.Read(ref accepted);

    /// <summary>Answers the first request of a connection: a session is open.</summary>
    internal static async Task OpenSessionAsync(Stream stream, int timeoutMilliseconds = 10_000)
    {
        await ReadAsync(stream);
        await WriteAsync(stream, writer =>
        {
            writer.WriteInt(0);
            writer.WriteInt(timeoutMilliseconds);
            writer.WriteLong(0x1234);
            writer.WriteBuffer(new byte[16]);
            writer.WriteBool(false);
        });
    }

    /// <summary>Reads a request; its id.</summary>
    internal static async Task<int> ReadAsync(Stream stream)
    {
        var prefix = new byte[4];
        await stream.ReadExactlyAsync(prefix);
        var body = new byte[new JuteReader(prefix).ReadInt()];
        await stream.ReadExactlyAsync(body);
        return new JuteReader(body).ReadInt();
    }

    internal static Task AnswerAsync(Stream stream, int xid, Action<JuteWriter> body) => WriteAsync(stream, writer =>
    {
        writer.WriteInt(xid);
        writer.WriteLong(1);
        writer.WriteInt(0);
        body(writer);
    });

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private static async Task WriteAsync(Stream stream, Action<JuteWriter> write)
    {
        var body = new JuteWriter(64);
        write(body);
        var frame = new JuteWriter(64);
        frame.WriteBuffer(body.Written.Span);
        await stream.WriteAsync(frame.Written);
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stop.Token);
                Interlocked.Increment(ref accepted);
                serving.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await behave(stream).WaitAsync(stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has left, or the test is over.
        }
    }
}
