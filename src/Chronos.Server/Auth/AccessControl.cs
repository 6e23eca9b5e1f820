using Chronos.Server.Hosting;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Auth;

/// <summary>The role that an endpoint needs.</summary>
public sealed record RequiredRole(Role Role);

/// <summary>Says which role an endpoint needs.</summary>
public static class RequiredRoleExtensions
{
    /// <summary>Only callers of this role, or one that may do more, get in. An endpoint that says nothing needs
    /// <see cref="Role.Admin"/>.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, Role role)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.WithMetadata(new RequiredRole(role));
        return builder;
    }
}

/// <summary>Finds out who calls, and lets only those pass whose role the endpoint admits.</summary>
internal sealed class AccessControl(RequestDelegate next, Authenticator authenticator, ServerOptions options)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var header = http.Request.Headers.Authorization;
        var caller = await authenticator.IdentifyAsync(
            header.Count == 0 ? null : header.ToString(), http.RequestAborted);
        if (caller is null)
        {
            await ChallengeAsync(http, "The user, password or token is wrong.");
            return;
        }

        http.Features.Set(caller);
        var needed = Needed(http);
        if (caller.Role >= needed) await next(http);
        else if (caller.Role == Role.None) await ChallengeAsync(http, "Send a user and password, or a token.");
        else
            await ProblemResult.WriteAsync(http, ProblemFactory.Forbidden(
                $"'{caller.Name}' has the role {caller.Role.ToName()}; this needs {needed.ToName()}."));
    }

    /// <summary>A path that leads nowhere, or not with this method, needs the least role, so that strangers learn
    /// nothing about paths.</summary>
    private static Role Needed(HttpContext http) => http.GetEndpoint() is RouteEndpoint endpoint
        ? endpoint.Metadata.GetMetadata<RequiredRole>()?.Role ?? Role.Admin
        : Role.Viewer;

    private Task ChallengeAsync(HttpContext http, string detail)
    {
        var realm = options.HttpRealm.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);

        // A browser asks for Basic credentials in a window of its own; the pages of this server have a form for that.
        var isOwnPage = http.Request.Headers.XRequestedWith == "XMLHttpRequest";
        http.Response.Headers.WWWAuthenticate =
            isOwnPage ? $"Bearer realm=\"{realm}\"" : $"Basic realm=\"{realm}\", charset=\"UTF-8\"";
        return ProblemResult.WriteAsync(http, ProblemFactory.Unauthenticated(detail));
    }
}
