using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chronos.MesosSimulator.Http;

/// <summary>An HTTP/1.1 server on ports of the loopback interface.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    internal const string Host = "127.0.0.1";
    private readonly WebApplication app;

    private LoopbackServer(WebApplication app) => this.app = app;

    /// <summary>In the order asked for.</summary>
    internal IReadOnlyList<int> Ports { get; private set; } = [];

    /// <param name="ports">What to listen on; 0: any free port.</param>
    /// <param name="answer">Answers a request.</param>
    internal static async Task<LoopbackServer> StartAsync(IReadOnlyList<int> ports, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            foreach (var port in ports)
                kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses;
        return new(app) { Ports = [.. (addresses ?? []).Select(address => new Uri(address).Port)] };
    }

    /// <summary>Closes the ports and all connections, without waiting for answers under way.</summary>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        try
        {
            await app.StopAsync(atOnce.Token);
        }
        catch (OperationCanceledException)
        {
            // Answers under way were cut off, as intended.
        }

        await app.DisposeAsync();
    }
}
