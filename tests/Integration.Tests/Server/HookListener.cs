using System.Collections.Concurrent;
using System.Net;

namespace Chronos.Integration.Tests.Server;

/// <summary>A web server on loopback that answers with one status after the other, and the last again.</summary>
internal sealed class HookListener : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly int[] statuses;

    public HookListener(params int[] statuses)
    {
        this.statuses = statuses;
        using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        }

        listener.Prefixes.Add(Address);
        listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Path, authorization and body of each request.</summary>
    public ConcurrentQueue<(string Path, string? Authorization, string Body)> Requests { get; } = [];

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var body = await reader.ReadToEndAsync();
                context.Response.StatusCode = statuses[Math.Min(Requests.Count, statuses.Length - 1)];
                Requests.Enqueue((context.Request.RawUrl ?? "", context.Request.Headers["Authorization"], body));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
