using Chronos.Api;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Shows which jobs start which.</summary>
internal static class GraphEndpoints
{
    private static readonly string[] Formats = ["json", "dot", "csv"];

    private static readonly QueryParameter Format =
        new("format", "json, dot for Graphviz, or the CSV of Mesos Chronos. Default json.") { Values = Formats };

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.Graph, (HttpContext http, SchedulerNode node) =>
                AnswerAll(new(http), node.Jobs))
            .Describe("getGraph", "Show all jobs and what starts them", "Edges lead from parent to child.", Role.Viewer)
            .Query(Format, new("linked", "Only jobs that have parents or children.")
            {
                Type = QueryParameterType.Boolean,
            })
            .Produces<JobGraph>()
            .Fails(400);
        app.MapGet(Routes.JobGraph, (string name, HttpContext http, SchedulerNode node) =>
                Answer(new(http), JobGraphs.Around(node.Jobs, node.Job(name))))
            .Describe(
                "getJobGraph", "Show a job with all that is upstream and downstream", "As `/v1/graph`.", Role.Viewer)
            .Query(Format)
            .Produces<JobGraph>()
            .Fails(400, 404);
    }

    private static IResult AnswerAll(QueryReader query, JobDirectory jobs)
    {
        var linked = query.Boolean("linked") ?? false;
        query.ThrowIfRefused();
        return Answer(query, linked ? JobGraphs.Linked(jobs) : JobGraphs.All(jobs));
    }

    private static IResult Answer(QueryReader query, JobGraph graph)
    {
        var format = query.Choice("format", Formats);
        query.ThrowIfRefused();
        return format switch
        {
            "dot" => TypedResults.Text(JobGraphs.ToDot(graph), "text/vnd.graphviz; charset=utf-8"),
            "csv" => TypedResults.Text(JobGraphs.ToCsv(graph), "text/csv; charset=utf-8"),
            _ => TypedResults.Ok(graph),
        };
    }
}
