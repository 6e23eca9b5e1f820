using System.Net;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Hosting;

/// <summary>Keeps pages of other sites, open in the browser of somebody who can reach this server, from using it.
/// A page that changed its name's address to ours (DNS rebinding) is known by its <c>Host</c>; a page that posts to us
/// across sites by its <c>Origin</c>, which browsers always send with requests that change something.</summary>
internal sealed class SiteGuard
{
    private readonly RequestDelegate next;
    private readonly HashSet<string> hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly bool checksHost;

    public SiteGuard(RequestDelegate next, ServerOptions options)
    {
        this.next = next;
        foreach (var host in options.AllowedHosts) hosts.Add(host);
        checksHost = options.AllowedHosts.Count > 0 || (options.IsLoopbackOnly() && !options.HasCredentials);
    }

    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        if (checksHost && !IsKnown(request.Host.Host))
            return ProblemResult.WriteAsync(http, ProblemFactory.UnknownHost(
                $"This server does not answer for '{request.Host.Host}'. Use localhost, or add the name to the "
                + "allowed hosts."));
        if (!IsSafe(request.Method) && IsForeign(request))
            return ProblemResult.WriteAsync(http, ProblemFactory.CrossSite(
                $"The request comes from a page of {Origin(request)}, which is not this server."));
        return next(http);
    }

    private bool IsKnown(string host) =>
        hosts.Contains(host)
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.AsSpan().Trim("[]"), out var ip) && IPAddress.IsLoopback(ip));

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site") return true;
        if (request.Headers.Origin.Count == 0) return false; // not a browser
        return !Uri.TryCreate(Origin(request), UriKind.Absolute, out var origin)
            || !string.Equals(origin.Authority, Authority(request), StringComparison.OrdinalIgnoreCase);
    }

    private static string Origin(HttpRequest request) =>
        request.Headers.Origin.Count == 0 ? "another site" : request.Headers.Origin.ToString();

    /// <summary>Host and port as <see cref="Uri.Authority"/> writes them: without the scheme's own port. The scheme is
    /// the page's, because a reverse proxy may speak TLS for us.</summary>
    private static string Authority(HttpRequest request)
    {
        var scheme = Origin(request).StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? "https" : "http";
        return Uri.TryCreate($"{scheme}://{request.Host.Value}", UriKind.Absolute, out var own) ? own.Authority : "";
    }
}
