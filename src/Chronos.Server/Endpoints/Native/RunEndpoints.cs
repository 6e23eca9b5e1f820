using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Lists and shows runs.</summary>
internal static class RunEndpoints
{
    private const int LimitDefault = 50;
    private static readonly Dictionary<string, RunState> States =
        Enum.GetValues<RunState>().ToDictionary(state => Wire.Word(state), state => state);

    private static readonly QueryParameter[] Filters =
    [
        new("state", "Where the run stands; may repeat.") { Values = [.. States.Keys], Repeats = true },
        new("from", "Only runs due at or after this.") { Type = QueryParameterType.Instant },
        new("until", "Only runs due before this.") { Type = QueryParameterType.Instant },
        CommonParameters.Limit(LimitDefault),
        CommonParameters.After,
    ];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.Runs, ListAsync)
            .Describe(
                "listRuns", "List runs", "Runs that have not ended first, then the history; newest due time first.",
                Role.Viewer)
            .Query([
                new("job", "Only of this job."),
                new("label", "Only of jobs that have or had this `key=value`.") { Example = "team=ops" },
                .. Filters,
            ])
            .Produces<RunPage>()
            .Fails(400);
        app.MapGet(Routes.JobRuns, ListOfJobAsync)
            .Describe(
                "listJobRuns", "List the runs of a job", "As `/v1/runs`; a deleted job's history stays readable.",
                Role.Viewer)
            .Query(Filters)
            .Produces<RunPage>()
            .Fails(400, 404);
        app.MapGet(Routes.Run, GetAsync)
            .Describe("getRun", "Show a run", "With all its attempts.", Role.Viewer)
            .Produces<RunDocument>()
            .Fails(404);
    }

    private static async Task<IResult> ListAsync(HttpContext http, SchedulerNode node)
    {
        var query = new QueryReader(http);
        return TypedResults.Ok(await PageAsync(http, node, query, query.Text("job")));
    }

    private static async Task<IResult> ListOfJobAsync(string name, HttpContext http, SchedulerNode node)
    {
        var page = await PageAsync(http, node, new(http), name);
        if (page.Items.Count == 0) node.Job(name); // says that there is none
        return TypedResults.Ok(page);
    }

    private static Task<RunPage> PageAsync(HttpContext http, SchedulerNode node, QueryReader query, string? job)
    {
        var limit = query.Limit(LimitDefault);
        var runs = new RunQuery
        {
            JobName = job,
            States = query.Texts("state").Select(text => StateOf(query, text)).ToValueList(),
            From = query.Instant("from"),
            Until = query.Instant("until"),
            Label = query.Label("label", query.Text("label")),
        };
        query.ThrowIfRefused();
        return new RunListing(node, runs).PageAsync(limit, query.Text("after"), http.RequestAborted);
    }

    private static RunState StateOf(QueryReader query, string text) => States.TryGetValue(text, out var state)
        ? state
        : query.Refuse<RunState>(
            "state", text, $"It must be one of: {string.Join(", ", States.Keys)}.", "Give one of them.");

    private static async Task<IResult> GetAsync(string id, HttpContext http, SchedulerNode node)
    {
        var found = await node.RunAsync(id, http.RequestAborted);
        return TypedResults.Ok(Wire.Run(found.JobName, found.Run));
    }
}
