using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Auth;
using Chronos.Server.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>One method on one path. Whatever goes wrong in the handler is answered in the form of this API.</summary>
/// <param name="Method">The method; GET answers HEAD too.</param>
/// <param name="Pattern">The path below the prefix.</param>
/// <param name="Role">Who may.</param>
/// <param name="Handler">Answers.</param>
/// <param name="AnswersHere">Whether a node answers for itself, be it the leader or not.</param>
internal sealed record CompatibilityRoute(
    string Method, string Pattern, Role Role, RouteHandler Handler, bool AnswersHere = false)
{
    private static readonly string[] ReadMethods = ["GET", "HEAD"];
    private static readonly string[] OptionsOnly = ["OPTIONS"];

    /// <summary>Maps routes below a prefix; each path also answers OPTIONS with the methods it has.</summary>
    public static void Map(IEndpointRouteBuilder routes, string prefix, IReadOnlyList<CompatibilityRoute> table)
    {
        foreach (var route in table)
        {
            string[] methods = route.Method == "GET" ? ReadMethods : [route.Method];
            var mapped = routes.MapMethods(prefix + route.Pattern, methods, route.Guarded())
                .WithMetadata(new Undescribed())
                .RequireRole(route.Role);
            if (route.AnswersHere) mapped.AnswersHere();
        }

        foreach (var path in table.GroupBy(r => r.Pattern))
        {
            var allowed = Allowed(path.Select(r => r.Method));
            routes.MapMethods(prefix + path.Key, OptionsOnly, http => AnswerOptions(http, allowed))
                .WithMetadata(new Undescribed())
                .AnswersHere()
                .RequireRole(Role.Viewer);
        }
    }

    private static string Allowed(IEnumerable<string> methods)
    {
        var all = methods.SelectMany(m => m == "GET" ? ReadMethods : [m]).Append("OPTIONS");
        return string.Join(",", all.Distinct().Order(StringComparer.Ordinal));
    }

    private static Task AnswerOptions(HttpContext http, string allowed)
    {
        http.Response.Headers.AccessControlAllowOrigin = "*";
        http.Response.Headers.Allow = allowed;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private RequestDelegate Guarded() => async http =>
    {
        http.Response.Headers.AccessControlAllowOrigin = "*";
        var answer = await AnswerAsync(http);
        await answer.ExecuteAsync(http);
    };

    private async Task<IResult> AnswerAsync(HttpContext http)
    {
        try
        {
            return await Handler(new(http));
        }
        catch (NodeUnavailableException e)
        {
            return ChronosError.Of(StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (StoreUnavailableException e)
        {
            return ChronosError.Of(StatusCodes.Status503ServiceUnavailable, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            return ChronosError.Of(e.StatusCode, e.Message);
        }
    }

    private sealed class Undescribed : IExcludeFromDescriptionMetadata
    {
        public bool ExcludeFromDescription => true;
    }
}

/// <summary>Answers a request.</summary>
internal delegate Task<IResult> RouteHandler(ChronosRequest request);
