using Chronos.Api;
using Chronos.Server.Auth;
using Chronos.Server.OpenApi;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Endpoints.Native;

/// <summary>What an endpoint says about itself: once, for the checks and for the documentation.</summary>
internal static class EndpointExtensions
{
    /// <summary>Names the operation, and says who may call it.</summary>
    public static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder endpoint, string name, string summary, string description, Role role) =>
        endpoint.WithName(name).WithSummary(summary).WithDescription(description).RequireRole(role);

    /// <summary>Declares the query parameters.</summary>
    public static RouteHandlerBuilder Query(this RouteHandlerBuilder endpoint, params QueryParameter[] parameters) =>
        endpoint.WithMetadata(new QueryParameters(parameters));

    /// <summary>Declares a request header.</summary>
    public static RouteHandlerBuilder Header(this RouteHandlerBuilder endpoint, string name, string description) =>
        endpoint.WithMetadata(new HeaderParameter(name, description));

    /// <summary>Declares statuses that come with a problem.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses) endpoint.Produces<Problem>(status, ProblemResult.ContentType);
        return endpoint;
    }
}
