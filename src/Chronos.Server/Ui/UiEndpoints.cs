using System.Globalization;
using System.Security.Cryptography;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Auth;
using Chronos.Server.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Chronos.Server.Ui;

/// <summary>Serves the page for people at <c>/</c> and its files. Nothing of it is inline, so that a strict content
/// security policy holds.</summary>
public static class UiEndpoints
{
    private const int RunsShown = 20;

    /// <summary>Maps the page and its files.</summary>
    public static IEndpointRouteBuilder MapUi(this IEndpointRouteBuilder routes)
    {
        string[] methods = ["GET", "HEAD"];
        routes.MapMethods("/", methods, ShowAsync).RequireRole(Role.Viewer).ExcludeFromDescription();
        MapAsset(routes, "chronos.css", "text/css; charset=utf-8");
        MapAsset(routes, "chronos.js", "text/javascript; charset=utf-8");
        MapAsset(routes, "chronos.svg", "image/svg+xml");
        return routes;
    }

    private static void MapAsset(IEndpointRouteBuilder routes, string name, string type)
    {
        using var stream = typeof(UiEndpoints).Assembly.GetManifestResourceStream($"Chronos.Server.Ui.Assets.{name}")
            ?? throw new InvalidOperationException($"The file '{name}' is not in the program.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var bytes = copy.ToArray();
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
        string[] methods = ["GET", "HEAD"];
        routes.MapMethods($"/assets/{name}", methods, (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "no-cache";
            return Results.Bytes(bytes, type, entityTag: tag);
        }).AnswersHere().RequireRole(Role.Viewer).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(HttpContext http, SchedulerNode node)
    {
        var query = http.Request.Query;
        var show = query["show"].ToString();
        if (!int.TryParse(query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) number = 1;
        var filter = new JobsPageFilter(
            query["q"].ToString().Trim(), JobsPageFilter.Labels.Contains(show) ? show : "", number);
        var job = query["job"].ToString();
        var wanted = new RunQuery { JobName = job.Length == 0 ? null : job, Limit = RunsShown };
        var runs = await node.History.ListRunsAsync(wanted, http.RequestAborted);
        var page = new JobsPage(
            http.Request.PathBase.ToUriComponent(),
            filter,
            JobsPageContent.Of(node.Jobs.InOrder(), filter),
            runs.Items,
            job,
            http.GetCaller().Role >= Role.Operator);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Content(page.Print().ToString(), "text/html; charset=utf-8");
    }
}
