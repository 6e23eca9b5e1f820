using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Server.Auth;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Starting, killing and reporting on runs.</summary>
internal static class RunRoutes
{
    /// <summary>The routes.</summary>
    public static readonly IReadOnlyList<CompatibilityRoute> All =
    [
        new("PUT", "/job/{job}", Role.Operator, StartAsync),
        new("PUT", "/job/success/{job}", Role.Operator, MarkSuccessAsync),
        new("POST", "/job/{job}/task/{task}/progress", Role.Operator, AddProgressAsync),
        new("DELETE", "/task/kill/{job}", Role.Operator, KillAsync),
        new("DELETE", "/task/all", Role.Operator, ClearQueuesAsync),
        new("PUT", "/task/{**task}", Role.Operator, CompleteAsync),
    ];

    private static async Task<IResult> StartAsync(ChronosRequest request)
    {
        var name = request.Path("job");
        var given = TaskLookup.WithoutSemicolons(request.Query("arguments"));
        var arguments = string.IsNullOrWhiteSpace(given) ? null : given;
        return await request.SubmitAsync(new StartRun(name, arguments, [], Key: null, request.Actor)) switch
        {
            Refused { Kind: RefusalKind.NotFound } => ChronosError.UnknownJob(name),
            // A disabled or busy job is not started, and Chronos says 204 to that.
            Refused { Kind: RefusalKind.Conflict } => Results.NoContent(),
            Refused refused => request.Refuse(refused, name),
            _ => Results.NoContent(),
        };
    }

    private static async Task<IResult> MarkSuccessAsync(ChronosRequest request)
    {
        var name = request.Path("job");
        var reply = await request.SubmitAsync(new MarkSuccess(name, request.Actor));
        var marked = reply is Refused ? "false" : "true";
        return Results.Text($"marked job {name} as successful: {marked}");
    }

    private static async Task<IResult> KillAsync(ChronosRequest request)
    {
        var name = request.Path("job");
        return await request.SubmitAsync(new KillRuns(name, Run: null, request.Actor)) switch
        {
            Refused { Kind: RefusalKind.NotFound } => ChronosError.UnknownSchedule(name),
            Refused { Kind: RefusalKind.Conflict } => Results.NoContent(),
            Refused refused => request.Refuse(refused, name),
            _ => Results.NoContent(),
        };
    }

    /// <summary>Drops every run that waits; those that run go on.</summary>
    private static async Task<IResult> ClearQueuesAsync(ChronosRequest request)
    {
        foreach (var (job, state) in request.Node.Jobs.WithActiveRuns())
            foreach (var run in state.ActiveRuns.Where(run => run.State == RunState.Queued))
                await request.SubmitAsync(new KillRuns(job.Name, run.Id, request.Actor));
        return Results.NoContent();
    }

    private static async Task<IResult> CompleteAsync(ChronosRequest request)
    {
        var taskId = request.Path("task");
        var (document, error) = await request.ReadObjectAsync();
        if (document is null) return error ?? ChronosError.BadRequest("The body is missing.");
        using var _ = document;
        if (!TryReadNumber(document.RootElement, "statusCode", out var code) || code is null)
            return NotANumber("statusCode", "Use 0 for success, another number for failure.");

        var lookup = new TaskLookup(request.Node);
        if (lookup.FindActive(taskId) is not { } task) return await AnswerInactiveAsync(request, lookup, taskId);
        var command = new CompleteRun(
            task.Job.Name, task.Run.Id, ToStatusCode(code.Value), MessageIn(document.RootElement), request.Actor);
        return await request.SubmitAsync(command) is Refused refused
            ? request.Refuse(refused, task.Job.Name)
            : Results.NoContent();
    }

    /// <summary>A word that comes again after the task has ended changes nothing and is no fault.</summary>
    private static async Task<IResult> AnswerInactiveAsync(ChronosRequest request, TaskLookup lookup, string taskId) =>
        await lookup.HasEndedAsync(taskId, request.Aborted)
            ? Results.NoContent()
            : ChronosError.BadRequest($"Task id {taskId} not found");

    private static async Task<IResult> AddProgressAsync(ChronosRequest request)
    {
        if (!request.HasJsonType)
            return ChronosError.Of(StatusCodes.Status415UnsupportedMediaType, "Send Content-Type application/json.");
        var name = request.Path("job");
        if (request.Node.Jobs.Find(name) is not { } snapshot) return ChronosError.UnknownSchedule(name);
        if (!snapshot.Job.Policy.DataProcessing)
            return ChronosError.BadRequest($"Job '{name}' does not have dataProcessingJobType set");

        var (document, error) = await request.ReadObjectAsync();
        if (document is null) return error ?? ChronosError.BadRequest("The body is missing.");
        using var _ = document;
        const string field = "numAdditionalElementsProcessed";
        if (!TryReadNumber(document.RootElement, field, out var number) || number < 0)
            return NotANumber(field, "Use zero or a greater whole number.");

        var taskId = request.Path("task");
        if (new TaskLookup(request.Node).FindActive(taskId) is not { } task || task.Job.Name != name)
            return ChronosError.BadRequest($"Task id {taskId} not found");
        if (number is null) return Results.NoContent();
        return await request.SubmitAsync(new AddProgress(name, task.Run.Id, number.Value)) is Refused refused
            ? request.Refuse(refused, name)
            : Results.NoContent();
    }

    private static ChronosError NotANumber(string field, string remedy) =>
        ChronosError.Of(new Violation(field, null, "It must be a whole number in range.", remedy));

    /// <summary>Reads a whole number, written as a number or as text; null: absent.</summary>
    private static bool TryReadNumber(JsonElement body, string field, out long? number)
    {
        number = null;
        if (!body.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null) return true;
        var text = value.ValueKind == JsonValueKind.String ? JsonText.Of(value) : value.GetRawText();
        if (!long.TryParse(text, out var parsed)) return false;
        number = parsed;
        return true;
    }

    private static string MessageIn(JsonElement body) =>
        body.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String
            ? JsonText.Of(message)
            : "";

    /// <summary>A code that does not fit keeps its meaning: failed.</summary>
    private static int ToStatusCode(long code) => code is >= int.MinValue and <= int.MaxValue ? (int)code : -1;
}
