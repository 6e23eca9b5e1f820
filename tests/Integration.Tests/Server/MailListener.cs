using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chronos.Integration.Tests.Server;

/// <summary>A small real mail server on loopback, which turns away its first callers.</summary>
internal sealed class MailListener : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private int refusalsLeft;

    public MailListener(int refusals)
    {
        refusalsLeft = refusals;
        listener.Start();
        _ = ServeAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>What was delivered: each mail with the commands before it.</summary>
    public ConcurrentQueue<string> Mails { get; } = [];

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await TalkAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private async Task TalkAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await using var writer = new StreamWriter(stream, Encoding.Latin1) { NewLine = "\r\n", AutoFlush = true };
        if (refusalsLeft-- > 0)
        {
            await writer.WriteLineAsync("421 busy");
            return;
        }

        await writer.WriteLineAsync("220 here");
        var mail = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            mail.AppendLine(line);
            if (line == "DATA") await TakeMessageAsync(reader, writer, mail);
            else await writer.WriteLineAsync(line == "QUIT" ? "221 bye" : "250 fine");
        }

        Mails.Enqueue(mail.ToString());
    }

    private static async Task TakeMessageAsync(StreamReader reader, StreamWriter writer, StringBuilder mail)
    {
        await writer.WriteLineAsync("354 go on");
        while (await reader.ReadLineAsync() is { } line && line != ".") mail.AppendLine(line);
        await writer.WriteLineAsync("250 taken");
    }
}
