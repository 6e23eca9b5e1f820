using Chronos.Api;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Lists and shows jobs.</summary>
internal static class JobEndpoints
{
    private const int LimitDefault = 50;

    // Each page looks at all jobs once, and an answer is written job by job: whoever wants all asks for large pages.
    private const int LimitMax = 10_000;

    internal static readonly string[] LastRunStates =
        ["none", "succeeded", "failed", "killed", "skipped", "missed", "lost"];

    internal static readonly string[] Kinds = ["schedule", "parents", "manual"];

    private static readonly string[] SortValues = [.. JobOrder.Fields, .. JobOrder.Fields.Select(f => "-" + f)];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.Jobs, List)
            .Describe("listJobs", "List jobs", "One page of the jobs that match all filters.", Role.Viewer)
            .Query(
                new("name", "Part of the name, in any case.") { Example = "report" },
                new("owner", "One of the owners."),
                new("label", "`key` or `key=value`; may repeat, all must hold.")
                {
                    Repeats = true,
                    Example = "team=ops",
                },
                new("state", "What the job does now.") { Values = ["idle", "queued", "running"] },
                new("lastRun", "How the latest run ended.") { Values = LastRunStates },
                new("disabled", "Whether disabled.") { Type = QueryParameterType.Boolean },
                new("parent", "One of the parents."),
                new("kind", "What starts the job.") { Values = Kinds },
                new("engine", "The engine, also where it is the default."),
                new("q", "Part of name, command or description, in any case."),
                new("sort", "The order; `-` before it: descending. Default name.") { Values = SortValues },
                CommonParameters.Limit(LimitDefault, LimitMax),
                CommonParameters.After,
                new("offset", "Instead of `after`: leave out so many that come first.")
                {
                    Type = QueryParameterType.Integer,
                })
            .Produces<JobPage>()
            .Fails(400);
        app.MapGet(Routes.Job, Get)
            .Describe(
                "getJob",
                "Show a job",
                "The definition, which may be put again as it is, and what the server knows of the job in `status`. "
                + "The `ETag` is of the definition and for `If-Match`. Secrets are masked.",
                Role.Viewer)
            .Header("If-None-Match", "304 without a body where the definition still has this `ETag`.")
            .Produces<JobStatusEnvelope>()
            .Produces(304)
            .Fails(404);
    }

    /// <summary>Reads the filters from the query.</summary>
    internal static JobFilter ReadFilter(QueryReader query, EngineSet engines) => new()
    {
        Name = query.Text("name"),
        Owner = query.Text("owner"),
        Labels = query.Texts("label"),
        State = query.Choice("state", "idle", "queued", "running"),
        LastRun = query.Choice("lastRun", LastRunStates),
        Disabled = query.Boolean("disabled"),
        Parent = query.Text("parent"),
        Text = query.Text("q"),
        Kind = query.Choice("kind", Kinds),
        Engine = query.Text("engine"),
        IsDefaultEngine = query.Text("engine") == engines.All[0].Name,
    };

    private static JobPageResult List(HttpContext http, SchedulerNode node)
    {
        var query = new QueryReader(http);
        var filter = ReadFilter(query, node.Engines);
        var sort = query.Choice("sort", SortValues) ?? "name";
        var limit = query.Limit(LimitDefault, LimitMax);
        var (after, offset) = (query.Text("after"), query.Integer("offset", 0, int.MaxValue / 2));
        if (after is not null && offset is not null)
            query.Refuse<int>("offset", null, "Either an offset or 'after' is given, not both.", "Leave one out.");
        query.ThrowIfRefused();
        var listing = new JobListing(node.Jobs, filter, JobOrder.Parse(sort));
        return new(listing.Page(limit, after, (int)(offset ?? 0)));
    }

    private static IResult Get(string name, HttpContext http, SchedulerNode node)
    {
        var job = node.Job(name);
        if (!Revisions.IsKnown(http.Request, job)) return new JobDocumentResult(job, node);
        http.Response.Headers.ETag = Revisions.TagOf(job);
        return Results.StatusCode(StatusCodes.Status304NotModified);
    }
}
