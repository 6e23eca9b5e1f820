using Chronos.Api;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Does one thing to many jobs. Not atomic: each job succeeds or fails on its own, and the answer says which.
/// </summary>
internal static class BulkActionEndpoints
{
    private const int JobsMax = 100_000;

    // Commands wait together for one commit; more at a time would only fill the queue of the node.
    private const int AtOnce = 1000;

    public static void Map(IEndpointRouteBuilder app)
    {
        Add(app, Routes.BulkEnable, "enableJobs", "Enable many jobs", Role.Operator,
            (name, request, actor) => new SetDisabled(name, false, "", actor));
        Add(app, Routes.BulkDisable, "disableJobs", "Disable many jobs", Role.Operator,
            (name, request, actor) =>
                new SetDisabled(name, true, request.Reason ?? $"Disabled by {actor.Name}.", actor));
        Add(app, Routes.BulkDelete, "deleteJobs", "Delete many jobs", Role.Admin,
            (name, request, actor) => new DeleteJob(name, JobChangeEndpoints.Children(request.Cascade), actor));
        Add(app, Routes.BulkRun, "runJobs", "Run many jobs now", Role.Operator,
            (name, request, actor) => new StartRun(name, null, default, null, actor));
        Add(app, Routes.BulkKill, "killJobs", "End all active runs of many jobs", Role.Operator,
            (name, request, actor) => new KillRuns(name, null, actor));
    }

    private static void Add(
        IEndpointRouteBuilder app,
        string route,
        string operation,
        string summary,
        Role role,
        Func<string, BulkActionRequest, Actor, Command> command)
    {
        app.MapPost(route, (HttpContext http, SchedulerNode node) => ActAsync(http, node, command))
            .Describe(
                operation, summary, "By `names`, or by a `filter` with the fields of the list's query. Each job "
                + "succeeds or fails on its own; the answer says which.", role)
            .Accepts<BulkActionRequest>("application/json")
            .Produces<BulkActionResult>()
            .Fails(400, 415);
    }

    private static async Task<IResult> ActAsync(
        HttpContext http, SchedulerNode node, Func<string, BulkActionRequest, Actor, Command> command)
    {
        var request = await BodyReader.ReadAsync(http, ApiJson.Default.BulkActionRequest);
        if (request.Cascade is { } cascade && !JobChangeEndpoints.Cascades.Contains(cascade))
            throw Invalid("cascade", cascade, "It must be refuse, inherit, detach or delete.");
        var names = NamesOf(request, node);
        if (names.Count > JobsMax) throw Invalid("names", $"{names.Count}", $"At most {JobsMax} jobs at once.");

        var actor = http.GetActor();
        var items = new List<BulkActionItem>(names.Count);
        foreach (var chunk in names.Chunk(AtOnce))
        {
            var replies = chunk.Select(name =>
                node.SubmitAsync(command(name, request, actor), http.RequestAborted)).ToArray();
            var done = await Task.WhenAll(replies);
            for (var i = 0; i < chunk.Length; i++) items.Add(ItemOf(chunk[i], done[i]));
        }

        var succeeded = items.Count(item => item.Status < 400);
        return TypedResults.Ok(new BulkActionResult(succeeded, items.Count - succeeded, items));
    }

    private static List<string> NamesOf(BulkActionRequest request, SchedulerNode node)
    {
        switch (request)
        {
            case { Names: { } names, Filter: null }:
                return names.Distinct(StringComparer.Ordinal).ToList();
            case { Names: null, Filter: { } filter }:
                CheckWord("filter.state", filter.State, ["idle", "queued", "running"]);
                CheckWord("filter.lastRun", filter.LastRun, JobEndpoints.LastRunStates);
                CheckWord("filter.kind", filter.Kind, JobEndpoints.Kinds);
                var chosen = FilterOf(filter, node.Engines);
                if (chosen.IsEmpty) throw Invalid("filter", null, "An empty filter would mean all jobs.");
                return NamesOf(chosen, node.Jobs);
            default:
                throw Invalid("names", null, "Either names or a filter must be given, and not both.");
        }
    }

    private static List<string> NamesOf(JobFilter filter, JobDirectory jobs)
    {
        var names = new List<string>();
        foreach (var entry in jobs.Entries())
            if (filter.Admits(entry)) names.Add(entry.Name);
        return names;
    }

    private static void CheckWord(string field, string? value, string[] words)
    {
        if (value is not null && !words.Contains(value))
            throw Invalid(field, value, $"It is one of {string.Join(", ", words)}.");
    }

    private static JobFilter FilterOf(BulkFilter filter, EngineSet engines) => new()
    {
        Name = filter.Name,
        Owner = filter.Owner,
        Labels = filter.Label ?? [],
        State = filter.State,
        LastRun = filter.LastRun,
        Disabled = filter.Disabled,
        Parent = filter.Parent,
        Text = filter.Q,
        Kind = filter.Kind,
        Engine = filter.Engine,
        IsDefaultEngine = filter.Engine == engines.All[0].Name,
    };

    private static BulkActionItem ItemOf(string name, Reply reply) => reply switch
    {
        Refused refused when ProblemFactory.From(refused) is var problem =>
            new(name, problem.Status, problem.Detail, null),
        RunStarted { Run: { State: RunState.Skipped } run } => new(name, 409, run.Reason, run.Id.ToString()),
        RunStarted started => new(name, 201, null, started.Run.Id.ToString()),
        _ => new(name, 204, null, null),
    };

    private static ProblemException Invalid(string field, string? value, string rule) =>
        new(ProblemFactory.Invalid([new RuleViolation(field, value, rule, "See /docs for the form of the request.")]));
}
