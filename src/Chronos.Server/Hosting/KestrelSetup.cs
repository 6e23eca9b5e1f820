using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace Chronos.Server.Hosting;

/// <summary>Where Kestrel listens, and its limits.</summary>
internal sealed class KestrelSetup(ServerOptions options, ServerCertificate certificate)
    : IConfigureOptions<KestrelServerOptions>
{
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(15);
    private const int HeadersBytesMax = 32 * 1024;
    private const int RequestLineBytesMax = 16 * 1024;

    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.RequestBodyBytesMax;
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeadersBytesMax;
        kestrel.Limits.MaxRequestLineSize = RequestLineBytesMax;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        foreach (var address in options.Addresses)
        {
            if (options.HttpPort is { } http) Listen(kestrel, address, http, null);
            if (options.HttpsPort is { } https) Listen(kestrel, address, https, UseTls);
        }
    }

    private static void Listen(
        KestrelServerOptions kestrel, string address, int port, Action<ListenOptions>? configure)
    {
        configure ??= static _ => { };
        if (IPAddress.TryParse(address, out var ip)) kestrel.Listen(ip, port, configure);
        else if (port == 0) kestrel.Listen(IPAddress.Loopback, port, configure); // a free port of one address
        else kestrel.ListenLocalhost(port, configure);
    }

    private void UseTls(ListenOptions listen) => listen.UseHttps(new HttpsConnectionAdapterOptions
    {
        ServerCertificateSelector = (_, _) => certificate.Current,
    });
}
