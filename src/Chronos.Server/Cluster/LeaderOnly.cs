using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Hosting;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Cluster;

/// <summary>Sees to it that only the leader answers: a follower passes requests on to it, or says where it is. Whether
/// this node leads is looked at for each request, so a leader that stood still answers nothing from its old memory.
/// </summary>
internal sealed class LeaderOnly(
    RequestDelegate next, ElectedNode node, LeaderForwarder forwarder, ServerOptions options)
{
    // Set on what a follower passes on. Who gets it and does not lead says so, instead of passing it round.
    internal const string ForwardedBy = "Chronos-Forwarded-By";

    public Task InvokeAsync(HttpContext http)
    {
        var endpoint = http.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.GetMetadata<AnswersHereMetadata>() is not null || node.Leads)
            return next(http);
        if (http.Request.Headers.ContainsKey(ForwardedBy) || node.OtherLeader is not { } leader)
            throw new NodeUnavailableException(Why(node));
        return options.Follower == FollowerMode.Redirect ? Redirect(http, leader) : forwarder.SendAsync(http, leader);
    }

    private static string Why(ElectedNode node) => node.Node.Health.Problems is [var first, ..]
        ? first
        : "No node leads now; one is being elected.";

    private static Task Redirect(HttpContext http, Leader leader)
    {
        var request = http.Request;
        http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        http.Response.Headers.Location =
            NodeClient.AddressOf(leader, request.Path.ToUriComponent() + request.QueryString.ToUriComponent());
        return http.Response.CompleteAsync();
    }
}
