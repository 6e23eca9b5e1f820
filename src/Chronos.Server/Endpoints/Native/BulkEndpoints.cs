using System.Text.Json;
using Chronos.Api;
using Chronos.Core.Dependencies;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Hosting;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Creates or replaces many jobs at once.</summary>
internal static class BulkEndpoints
{
    // One wrong default repeated in 100,000 jobs must not answer with 100,000 violations.
    private const int ViolationsMax = 1000;

    public static void Map(IEndpointRouteBuilder app, ServerOptions options)
    {
        app.MapPost(Routes.BulkPut, PutAsync)
            .Describe(
                "putJobs",
                "Create or replace many jobs",
                "An array of definitions in any order, all or none. With `dryRun=true` they are only checked.",
                Role.Admin)
            .Query(new QueryParameter("dryRun", "Only checks.") { Type = QueryParameterType.Boolean })
            .Accepts<IReadOnlyList<JobDefinition>>("application/json")
            .WithMetadata(new BodyLimit(options.BulkBodyBytesMax))
            .Produces<BulkPutResult>()
            .Fails(400, 413, 415);
    }

    private static async Task<IResult> PutAsync(
        HttpContext http, SchedulerNode node, JobIntake intake, ServerOptions options)
    {
        var query = new QueryReader(http);
        var dryRun = query.Boolean("dryRun") ?? false;
        query.ThrowIfRefused();
        using var json = await BodyReader.ReadJsonAsync(http);
        var (jobs, warnings) = ReadAll(json.RootElement, node, intake, options);
        var put = new PutJobs(jobs.ToValueList(), http.GetActor());
        if (jobs.Count == 0) return TypedResults.Ok(new BulkPutResult(0, 0, dryRun, warnings));
        var unchanged = jobs.Count(job => job.Equals(node.Jobs.Find(job.Name)?.Job));
        int created;
        if (dryRun)
        {
            if (Broken(put, node) is { Count: > 0 } broken)
                throw new ProblemException(ProblemFactory.Invalid(broken.Take(ViolationsMax)));
            created = jobs.Count(job => node.Jobs.Find(job.Name) is null);
        }
        else
        {
            created = (await node.AskAsync<JobsPut>(put, http.RequestAborted)).Created;
        }

        var replaced = Math.Max(0, jobs.Count - created - unchanged);
        return TypedResults.Ok(new BulkPutResult(created, replaced, dryRun, warnings) { Unchanged = unchanged });
    }

    private static (List<Job> Jobs, List<RuleViolation> Warnings) ReadAll(
        JsonElement json, SchedulerNode node, JobIntake intake, ServerOptions options)
    {
        if (json.ValueKind != JsonValueKind.Array)
            throw Invalid(new RuleViolation("", null, "It must be a JSON array of job definitions.", "Send one."));
        var count = json.GetArrayLength();
        if (count > options.BulkJobsMax)
            throw Invalid(new RuleViolation(
                "", $"{count}", $"At most {options.BulkJobsMax} jobs go into one request.", "Send several requests."));

        var (jobs, violations, warnings) = (new List<Job>(count), new List<RuleViolation>(), new List<RuleViolation>());
        var index = 0;
        foreach (var element in json.EnumerateArray())
        {
            var at = $"[{index++}]";
            var result = intake.Read(element, Existing(element, node));
            foreach (var warning in result.Warnings.Take(ViolationsMax - warnings.Count))
                warnings.Add(Wire.Warning(warning with { Field = $"{at}.{warning.Field}" }));
            if (result.Job is { } job) jobs.Add(job);
            else violations.AddRange(result.Violations.Select(v =>
                ProblemFactory.ToWire(v with { Field = v.Field.Length == 0 ? at : $"{at}.{v.Field}" })));
            if (violations.Count >= ViolationsMax) break;
        }

        if (violations.Count > 0) throw new ProblemException(ProblemFactory.Invalid(violations));
        return (jobs, warnings);
    }

    internal static Job? Existing(JsonElement json, SchedulerNode node) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("name", out var name)
        && name.ValueKind == JsonValueKind.String && name.GetString() is { } text
            ? node.Jobs.Find(text)?.Job
            : null;

    /// <summary>What the scheduler would refuse, found from the published jobs without asking it.</summary>
    internal static List<Violation> Broken(PutJobs put, SchedulerNode node)
    {
        var violations = new List<Violation>();
        if (node.CheckEngines(put) is { } refused) violations.AddRange(refused.Violations);
        var proposed = new Dictionary<string, Job>(StringComparer.Ordinal);
        foreach (var job in put.Jobs)
            if (!proposed.TryAdd(job.Name, job))
                violations.Add(new("name", job.Name, "The request defines this job twice.", "Keep one definition."));
        foreach (var job in proposed.Values)
            foreach (var parent in job.Parents)
                if (!proposed.ContainsKey(parent) && node.Jobs.Find(parent) is null)
                    violations.Add(new(
                        "parents", parent, $"Parent of '{job.Name}' does not exist.", "Add it, or mend the name."));

        var search = new CycleSearch(name => proposed.TryGetValue(name, out var job)
            ? job.Parents
            : node.Jobs.Find(name)?.Job.Parents ?? default);
        foreach (var job in proposed.Values)
            if (!job.Parents.IsEmpty && search.FindFrom(job.Name) is { } circle)
                violations.Add(new(
                    "parents", job.Name, $"The parents form a circle: {string.Join(" needs ", circle)}.",
                    "Remove one of these parents."));
        return violations;
    }

    private static ProblemException Invalid(RuleViolation violation) => new(ProblemFactory.Invalid([violation]));

    /// <summary>Another limit of the body's size than the server's.</summary>
    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
