using System.Text.Json;
using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Starts, ends and reports on runs.</summary>
internal static class RunActionEndpoints
{
    private const int KeyLengthMax = 255;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(Routes.JobRuns, StartAsync)
            .Describe(
                "startRun",
                "Run a job now",
                "The header `Idempotency-Key` makes it safe to repeat: the same key gives the same run, with 200. A "
                + "run that is skipped at once (overlap, disabled) is a 409 that carries the run.",
                Role.Operator)
            .Header(ApiHeaders.IdempotencyKey, "The same key gives the same run; 1 to 255 characters.")
            .Accepts<StartRunRequest>(isOptional: true, "application/json")
            .Produces<RunDocument>(201)
            .Produces<RunDocument>()
            .Fails(400, 404, 409, 415);
        app.MapPost(Routes.RunRetry, RetryAsync)
            .Describe("retryRun", "Repeat a run that has ended", "A new run with the same due time and arguments.",
                Role.Operator)
            .Header(ApiHeaders.IdempotencyKey, "The same key gives the same run; 1 to 255 characters.")
            .Produces<RunDocument>(201)
            .Produces<RunDocument>()
            .Fails(404, 409);
        app.MapPost(Routes.RunKill, KillAsync)
            .Describe("killRun", "End a run", "Politely, and by force after the grace period.", Role.Operator)
            .Produces(204)
            .Fails(404, 409);
        app.MapPost(Routes.JobKill, KillAllAsync)
            .Describe(
                "killJobRuns", "End all active runs of a job", "Does nothing where there are none.", Role.Operator)
            .Produces(204)
            .Fails(404);
        app.MapPost(Routes.RunComplete, CompleteAsync)
            .Describe("completeRun", "Complete a run of an async job", "The task's own word on how it ended.",
                Role.Operator)
            .Accepts<CompleteRunRequest>("application/json")
            .Produces(204)
            .Fails(400, 404, 409, 415);
        app.MapPost(Routes.RunProgress, ProgressAsync)
            .Describe("addProgress", "Report progress of a run", "Adds to the elements processed.", Role.Operator)
            .Accepts<ProgressRequest>("application/json")
            .Produces(204)
            .Fails(400, 404, 409, 415);
        app.MapPost(Routes.JobMarkSuccess, (string name, HttpContext http, SchedulerNode node) =>
                node.DoAsync(new MarkSuccess(name, http.GetActor()), http))
            .Describe("markSuccess", "Count a job as succeeded", "Without running it; releases the jobs it starts.",
                Role.Operator)
            .Produces(204)
            .Fails(404);
    }

    private static async Task<IResult> StartAsync(string name, HttpContext http, SchedulerNode node)
    {
        var request = await BodyReader.ReadOptionalAsync(http, ApiJson.Default.StartRunRequest) ?? new();
        var environment = EnvironmentOf(request.Environment);
        CheckEnvironment(environment, http.GetCaller());
        var start = new StartRun(
            name, ArgumentsOf(request.Arguments), environment, KeyOf(http), http.GetActor());
        return await StartedAsync(start, http, node);
    }

    private static async Task<IResult> RetryAsync(string id, HttpContext http, SchedulerNode node)
    {
        var (name, run, _) = await node.RunAsync(id, http.RequestAborted);
        if (!run.State.IsFinal())
            throw Conflict(
                "state", Wire.Word(run.State), "Only a run that has ended can be repeated.", "Wait, or kill it.");
        var start = new StartRun(
            name, run.Arguments, run.Environment, KeyOf(http), http.GetActor(), new(run.Id, run.Nominal));
        return await StartedAsync(start, http, node);
    }

    private static async Task<IResult> StartedAsync(StartRun start, HttpContext http, SchedulerNode node)
    {
        var reply = await node.AskAsync<RunStarted>(start, http.RequestAborted);
        var run = reply.Run;
        if (!reply.IsNew && await node.FindRunAsync(run.Id, http.RequestAborted) is { } earlier) run = earlier.Run;
        var document = Wire.Run(start.Name, run);
        http.Response.Headers.Location = Routes.Fill(Routes.Run, document.Id);
        if (run.State == RunState.Skipped) throw new ProblemException(ProblemFactory.NotStarted(document));
        return reply.IsNew ? TypedResults.Json(document, ReadableJson.Context.RunDocument, statusCode: 201)
            : TypedResults.Ok(document);
    }

    private static async Task<IResult> KillAsync(string id, HttpContext http, SchedulerNode node)
    {
        var (name, run, _) = await ActiveAsync(id, http, node);
        return await node.DoAsync(new KillRuns(name, run.Id, http.GetActor()), http);
    }

    private static Task<IResult> KillAllAsync(string name, HttpContext http, SchedulerNode node) =>
        node.DoAsync(new KillRuns(name, null, http.GetActor()), http);

    private static async Task<IResult> CompleteAsync(string id, HttpContext http, SchedulerNode node)
    {
        var request = await BodyReader.ReadAsync(http, ApiJson.Default.CompleteRunRequest);
        var (name, run, _) = await ActiveAsync(id, http, node);
        var complete = new CompleteRun(name, run.Id, request.StatusCode, request.Message ?? "", http.GetActor());
        return await node.DoAsync(complete, http);
    }

    private static async Task<IResult> ProgressAsync(string id, HttpContext http, SchedulerNode node)
    {
        var request = await BodyReader.ReadAsync(http, ApiJson.Default.ProgressRequest);
        var (name, run, _) = await ActiveAsync(id, http, node);
        return await node.DoAsync(new AddProgress(name, run.Id, request.Elements), http);
    }

    private static async Task<FoundRun> ActiveAsync(string id, HttpContext http, SchedulerNode node)
    {
        var found = await node.RunAsync(id, http.RequestAborted);
        if (!found.Run.State.IsFinal()) return found;
        throw Conflict("state", Wire.Word(found.Run.State), "The run has ended already.", "Nothing is left to do.");
    }

    private static string? KeyOf(HttpContext http)
    {
        var header = http.Request.Headers[ApiHeaders.IdempotencyKey];
        if (header.Count == 0) return null;
        var key = header.ToString();
        if (key.Length is > 0 and <= KeyLengthMax) return key;
        throw new ProblemException(ProblemFactory.Invalid([new RuleViolation(
            ApiHeaders.IdempotencyKey, null, $"It must have 1 to {KeyLengthMax} characters.", "Send a UUID.")]));
    }

    private static string? ArgumentsOf(JsonElement? arguments) => arguments switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Array } list
            when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            string.Join(' ', list.EnumerateArray().Select(item => ShellText.Quote(item.GetString() ?? ""))),
        _ => throw new ProblemException(ProblemFactory.Invalid([new RuleViolation(
            "arguments", null, "It must be a text or an array of texts.", "Send one of them.")])),
    };

    // Who may start a job may not choose what it executes; these variables would let them.
    private static void CheckEnvironment(ValueList<EnvironmentVariable> variables, Caller caller)
    {
        if (caller.Role >= Role.Admin) return;
        foreach (var variable in variables)
            if (variable.Name is "PATH" or "BASH_ENV" or "ENV" or "IFS" or "SHELLOPTS"
                || variable.Name.StartsWith("LD_", StringComparison.Ordinal))
                throw new ProblemException(ProblemFactory.Forbidden(
                    $"Only an admin may set {variable.Name} for a run: it decides which code the job executes."));
    }

    private static ValueList<EnvironmentVariable> EnvironmentOf(IReadOnlyDictionary<string, string>? variables)
    {
        if (variables is null) return default;
        foreach (var (name, value) in variables)
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value is null || value.Contains('\0'))
                throw new ProblemException(ProblemFactory.Invalid([new RuleViolation(
                    "environment", name, "A variable has a name without '=' and a text as its value.", "Mend it.")]));
        return variables.OrderBy(v => v.Key, StringComparer.Ordinal)
            .Select(v => new EnvironmentVariable(v.Key, v.Value)).ToValueList();
    }

    private static ProblemException Conflict(string field, string value, string rule, string remedy) =>
        new(ProblemFactory.Conflict([new RuleViolation(field, value, rule, remedy)]));
}
