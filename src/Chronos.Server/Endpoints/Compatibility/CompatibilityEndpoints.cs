using Chronos.Server.Auth;
using Chronos.Server.Endpoints.Compatibility.ChronosGo;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.DependencyInjection;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>The HTTP APIs of the schedulers whose place this one takes: Mesos Chronos 2.x and 3.x at once, chronos-go,
/// and the little there was of moroccron.</summary>
public static class CompatibilityEndpoints
{
    /// <summary>Prefixes of Mesos Chronos 2.x and 3.x.</summary>
    private static readonly string[] Prefixes = ["/scheduler", "/v1/scheduler"];

    /// <summary>Adds what the endpoints need beside the node.</summary>
    public static IServiceCollection AddCompatibility(this IServiceCollection services)
    {
        services.AddOptions<CompatibilityOptions>();
        services.TryAddSingleton<RunTimes>();
        services.TryAddSingleton<GoJobIndex>();
        return services;
    }

    /// <summary>Maps all of them.</summary>
    public static IEndpointRouteBuilder MapCompatibility(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in Prefixes)
            CompatibilityRoute.Map(routes, prefix, [.. JobRoutes.All, .. RunRoutes.All, .. ReportRoutes.All]);

        CompatibilityRoute.Map(routes, "", ProcessRoutes.All);
        CompatibilityRoute.Map(routes, "/api", GoRoutes.All);
        CompatibilityRoute.Map(routes, "/api/v1", [new("GET", "", Role.Viewer, MoroccronIndex)]);
        return routes;
    }

    private static Task<IResult> MoroccronIndex(ChronosRequest request) =>
        Task.FromResult(Results.Text("API v1 Index"));
}
