using System.Security.Cryptography;
using System.Text;
using Chronos.Api;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Cluster;

/// <summary>Tells other nodes of the cluster everything that the leader decides. Who reads it shows the leader's key,
/// which only those know who can read the store; no user or token opens it.</summary>
internal static class ReplicationEndpoint
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(Routes.Replication, ReadAsync).AnswersHere().RequireRole(Role.None).ExcludeFromDescription();

    private static async Task ReadAsync(HttpContext http, ElectedNode elected)
    {
        if (!HasKey(http.Request.Headers[LeaderReplication.KeyHeader].ToString(), elected.Self.Key))
        {
            await ProblemResult.WriteAsync(
                http, ProblemFactory.Forbidden("Only nodes of the cluster read this; they know the leader's key."));
            return;
        }

        if (!elected.Leads) throw new NodeUnavailableException("This node does not lead.");
        http.Response.ContentType = "application/jsonl";
        await foreach (var line in elected.Node.Replication.ReadAsync(http.RequestAborted))
        {
            await http.Response.Body.WriteAsync(line, http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    private static bool HasKey(string shown, string key) =>
        key.Length > 0 && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(key));
}
