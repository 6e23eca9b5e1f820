using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Hosting;

/// <summary>Headers that keep browsers from doing more with an answer than is meant.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    // Everything from this server and nothing inline; charts and diagrams set style attributes from script, which
    // this allows, and the documentation's page shows images from data addresses.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext http)
    {
        Apply(http);
        return next(http);
    }

    public static void Apply(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (http.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
    }
}
