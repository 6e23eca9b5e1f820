using System.Net.Http;
using System.Text.RegularExpressions;
using Chronos.Server.Auth;
using Chronos.Server.Endpoints.Compatibility;
using Chronos.Server.Endpoints.Compatibility.ChronosGo;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Chronos.Server.OpenApi;

/// <summary>Describes the interfaces of Mesos Chronos and chronos-go from their tables of routes.</summary>
internal static partial class CompatibleOperations
{
    private const string MesosChronos = "Mesos Chronos";
    private const string ChronosGo = "chronos-go";

    private static readonly Dictionary<string, string> Summaries = new(StringComparer.Ordinal)
    {
        ["GET /jobs"] = "All jobs",
        ["GET /jobs/search"] = "Jobs whose name or command has a text: `name`, `command`, `any`, `limit`, `offset`",
        ["GET /jobs/summary"] = "Name, status, state, schedule and parents of all jobs",
        ["GET /job/{job}"] = "One job",
        ["PUT /job/{job}"] = "Start a run now; `arguments` replaces the arguments",
        ["DELETE /job/{job}"] = "Delete a job",
        ["GET /job/stat/{job}"] = "Run times and latest attempts of a job",
        ["PUT /job/success/{job}"] = "Count a job as succeeded and release its children",
        ["POST /job/{job}/task/{task}/progress"] = "Add to the elements processed",
        ["POST /iso8601"] = "Create or replace a scheduled job",
        ["PUT /iso8601"] = "Create or replace a scheduled job",
        ["POST /dependency"] = "Create or replace a job with parents",
        ["PUT /dependency"] = "Create or replace a job with parents",
        ["GET /graph/dot"] = "The dependencies in Graphviz's language",
        ["GET /graph/csv"] = "The dependencies as CSV",
        ["GET /stats/{percentile}"] = "A percentile of the run times of all jobs",
        ["DELETE /task/kill/{job}"] = "Kill all runs of a job",
        ["DELETE /task/all"] = "Drop all runs that wait",
        ["PUT /task/{task}"] = "Complete a run of an async job",
        ["GET /leader"] = "The leading server",
        ["GET /ping"] = "`pong`",
        ["GET /metrics"] = "Metrics in Dropwizard's form, or Prometheus's where it is accepted",
        ["GET /logging"] = "The log levels",
        ["POST /logging"] = "Change a log level at run time: form fields `logger` and `level`",
    };

    private static readonly Dictionary<string, string> GoSummaries = new(StringComparer.Ordinal)
    {
        ["GET /jobs"] = "All jobs by number",
        ["POST /jobs"] = "Create a job",
        ["DELETE /jobs"] = "Delete all jobs",
        ["GET /jobs/{id}"] = "One job",
        ["PUT /jobs/{id}"] = "Replace a job",
        ["DELETE /jobs/{id}"] = "Delete a job",
        ["POST /jobs/forcerun"] = "Run a command now, once",
    };

    /// <summary>Adds them to the document.</summary>
    public static Task AddAsync(
        OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<CompatibilityRoute> chronos = [.. JobRoutes.All, .. RunRoutes.All, .. ReportRoutes.All];
        foreach (var prefix in (string[])["/scheduler", "/v1/scheduler"])
            Add(document, prefix, chronos, MesosChronos, Summaries);
        Add(document, "", ProcessRoutes.All, MesosChronos, Summaries);
        Add(document, "/api", GoRoutes.All, ChronosGo, GoSummaries);
        return Task.CompletedTask;
    }

    private static void Add(
        OpenApiDocument document,
        string prefix,
        IReadOnlyList<CompatibilityRoute> routes,
        string tag,
        Dictionary<string, string> summaries)
    {
        (document.Tags ??= new HashSet<OpenApiTag>()).Add(new() { Name = tag });
        foreach (var route in routes)
        {
            var pattern = Decoration().Replace(route.Pattern, "{$1}");
            if (!document.Paths.TryGetValue(prefix + pattern, out var item))
                document.Paths[prefix + pattern] = item = new OpenApiPathItem();
            if (item is not OpenApiPathItem path) continue;
            var operations = path.Operations ??= [];
            operations.TryAdd(
                new HttpMethod(route.Method),
                Describe(document, prefix, pattern, route, tag, summaries[$"{route.Method} {pattern}"]));
        }
    }

    private static OpenApiOperation Describe(
        OpenApiDocument document,
        string prefix,
        string pattern,
        CompatibilityRoute route,
        string tag,
        string summary) => new()
    {
        OperationId = NoWord().Replace($"{route.Method}_{prefix}{pattern}", "_").Trim('_').ToLowerInvariant(),
        Summary = summary,
        Description = $"As in {tag}; see docs/compatibility-api.md. Role: {route.Role.ToName()}.",
        Tags = new HashSet<OpenApiTagReference> { new(tag, document) },
        Parameters =
        [
            .. Parameter().Matches(pattern).Select(match => new OpenApiParameter
            {
                Name = match.Groups[1].Value,
                In = ParameterLocation.Path,
                Required = true,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            }),
        ],
        Responses = new()
        {
            ["2XX"] = new OpenApiResponse { Description = "Done." },
            ["400"] = new OpenApiResponse { Description = "Refused, or there is no such job; `message` says why." },
            ["401"] = new OpenApiResponse { Description = "Nobody in particular calls." },
            ["403"] = new OpenApiResponse { Description = "The caller's role does not do." },
            ["503"] = new OpenApiResponse { Description = "The server does not decide now." },
        },
    };

    [GeneratedRegex(@"\{\**(\w+)(?::[^}]*)?\}")]
    private static partial Regex Decoration();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\W+")]
    private static partial Regex NoWord();
}
