using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Chronos.Server.Cluster;

/// <summary>Passes requests on to the leader, with their credentials, and its answers back as they come, streams
/// included.</summary>
internal sealed class LeaderForwarder(ServerOptions options) : IDisposable
{
    private const int PartBytes = 16 * 1024;

    // RFC 9110, section 7.6.1: these are about one connection.
    private static readonly HashSet<string> OfOneConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyAuthenticate, HeaderNames.ProxyAuthorization,
        HeaderNames.TE, HeaderNames.Trailer, HeaderNames.TransferEncoding, HeaderNames.Upgrade, "Proxy-Connection",
    };

    // What a browser says of its page is about this node's name, and was checked here.
    private static readonly HashSet<string> OfThisNode = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Host, HeaderNames.Origin, HeaderNames.Referer, "Sec-Fetch-Site", "Expect",
    };

    private readonly HttpMessageInvoker client = NodeClient.Create();

    /// <summary>Has the leader answer.</summary>
    /// <exception cref="NodeUnavailableException">It cannot be reached; nothing was answered yet.</exception>
    public async Task SendAsync(HttpContext http, Leader leader)
    {
        var cancellationToken = http.RequestAborted;
        using var request = MakeRequest(http, leader);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            CopyHead(response, http.Response);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await CopyBodyAsync(body, http.Response, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException && !http.Response.HasStarted)
        {
            throw new NodeUnavailableException(
                $"The leader at {leader.Member.Address} does not answer: {e.Message} A request that changes something "
                + "may have been carried out.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            http.Abort(); // so that half an answer does not look whole
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private HttpRequestMessage MakeRequest(HttpContext http, Leader leader)
    {
        var from = http.Request;
        var address = NodeClient.AddressOf(leader, RawPath(http) + from.QueryString.ToUriComponent());
        var request = new HttpRequestMessage(new(from.Method), new Uri(address, new UriCreationOptions
        {
            DangerousDisablePathAndQueryCanonicalization = true, // %2F in a job's name is no slash
        }));
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
        {
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = null; // the leader has its own
            request.Content = new StreamContent(from.Body);
        }

        foreach (var (name, values) in from.Headers)
        {
            if (OfOneConnection.Contains(name) || OfThisNode.Contains(name)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        request.Headers.TryAddWithoutValidation(LeaderOnly.ForwardedBy, options.NodeId);
        return request;
    }

    /// <summary>The path as it was sent; the server's own copy is decoded.</summary>
    private static string RawPath(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!target.StartsWith('/')) return http.Request.Path.ToUriComponent();
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }

    private static void CopyHead(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        foreach (var (name, values) in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
            if (!OfOneConnection.Contains(name))
                to.Headers[name] = values.ToArray();
    }

    private static async Task CopyBodyAsync(Stream from, HttpResponse to, CancellationToken cancellationToken)
    {
        if (to.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified) return;
        var part = new byte[PartBytes];
        await to.StartAsync(cancellationToken);
        while (await from.ReadAsync(part, cancellationToken) is > 0 and var count)
        {
            await to.Body.WriteAsync(part.AsMemory(0, count), cancellationToken);
            await to.Body.FlushAsync(cancellationToken); // an event must not wait for the next
        }
    }
}
