using System.Security.Cryptography;
using System.Text;
using Chronos.Server.Auth;
using Chronos.Server.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Ui;

/// <summary>Serves the pages. They hold no data, so they are open to all; what they show they ask the API for, as
/// whoever signed in.</summary>
public static class UiEndpoints
{
    private const string Index = "index.html";
    private const string NoncePlace = "__NONCE__";
    private const string Forever = "public, max-age=31536000, immutable";
    private static readonly string[] Methods = ["GET", "HEAD"];

    /// <summary>Paths of pages; a link to one of them works, because each is answered with the same document, which
    /// then shows what its path says.</summary>
    private static readonly string[] Pages =
    [
        "/", "/jobs/{**rest}", "/new", "/runs/{**rest}", "/graph", "/timeline", "/calendar", "/cluster", "/audit",
    ];

    private const string WithoutPages = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Chronos</title></head><body>
        <h1>Chronos</h1>
        <p>This program was built without its web pages, because Node.js 20 or later was missing. The server works.</p>
        <p><a href="/docs/index.html">The API</a> can be read and tried; the command <code>chronos</code> works too.</p>
        <p>To get the pages, install Node.js 20 or later and build again.</p>
        </body></html>

        """;

    /// <summary>Maps the pages and their files.</summary>
    public static IEndpointRouteBuilder MapUi(this IEndpointRouteBuilder routes) => MapUi(routes, UiFiles.All);

    internal static IEndpointRouteBuilder MapUi(
        this IEndpointRouteBuilder routes, IReadOnlyDictionary<string, UiFile> files)
    {
        var index = files.GetValueOrDefault(Index);
        foreach (var page in Pages) Map(routes, page, http => ShowPage(http, index));
        foreach (var (path, file) in files)
            if (path != Index) Map(routes, "/" + path, http => Send(http, path, file));
        return routes;
    }

    private static void Map(IEndpointRouteBuilder routes, string path, Func<HttpContext, IResult> answer) =>
        routes.MapMethods(path, Methods, answer).AnswersHere().RequireRole(Role.None).ExcludeFromDescription();

    private static IResult ShowPage(HttpContext http, UiFile? index)
    {
        http.Response.Headers.CacheControl = "no-store"; // each answer has a nonce of its own
        if (index is null) return Results.Content(WithoutPages, "text/html; charset=utf-8");

        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        http.Response.Headers.ContentSecurityPolicy = PolicyWith(nonce);
        var page = Encoding.UTF8.GetString(index.Bytes).Replace(NoncePlace, nonce, StringComparison.Ordinal);
        return Results.Content(page, index.Type);
    }

    /// <summary>Nothing from elsewhere, no script in the page. The component library writes a few style elements while
    /// it runs, which carry the nonce; browsers write style attributes themselves where text of an editor is replaced.
    /// </summary>
    private static string PolicyWith(string nonce) =>
        $"default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'nonce-{nonce}'; "
        + "style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    private static IResult Send(HttpContext http, string path, UiFile file)
    {
        var headers = http.Response.Headers;
        var hasHashInName = path.StartsWith("assets/", StringComparison.Ordinal);
        headers.CacheControl = hasHashInName ? Forever : "no-cache";
        if (file is { Brotli: null, Gzip: null }) return Results.Bytes(file.Bytes, file.Type, entityTag: file.Tag);

        headers.Vary = "Accept-Encoding";
        var accepted = http.Request.Headers.AcceptEncoding.ToString();
        var (bytes, encoding) = file.Brotli is { } brotli && Accepts(accepted, "br") ? (brotli, "br")
            : file.Gzip is { } gzip && Accepts(accepted, "gzip") ? (gzip, "gzip")
            : (file.Bytes, "");
        if (encoding.Length > 0) headers.ContentEncoding = encoding;
        return Results.Bytes(bytes, file.Type, entityTag: file.Tag);
    }

    private static bool Accepts(string accepted, string encoding)
    {
        foreach (var part in accepted.Split(',', StringSplitOptions.TrimEntries))
        {
            var pieces = part.Split(';', StringSplitOptions.TrimEntries);
            if (!pieces[0].Equals(encoding, StringComparison.OrdinalIgnoreCase)) continue;
            return pieces is not [_, "q=0" or "q=0.0" or "q=0.00" or "q=0.000", ..];
        }

        return false;
    }
}
