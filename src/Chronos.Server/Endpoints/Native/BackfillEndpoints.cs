using Chronos.Api;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Runs the occurrences of a range.</summary>
internal static class BackfillEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(Routes.JobBackfills, StartAsync)
            .Describe(
                "startBackfill", "Run the occurrences of a range", "A few at a time, oldest first.", Role.Operator)
            .Accepts<StartBackfillRequest>("application/json")
            .Produces<BackfillDocument>(201)
            .Fails(400, 404, 409, 415);
        app.MapGet(Routes.JobBackfills, (string name, SchedulerNode node) => TypedResults.Ok(
                new BackfillList(node.Job(name).State.Backfills.Select(Wire.Backfill).ToList())))
            .Describe("listBackfills", "List the backfills of a job", "Those that have not ended.", Role.Viewer)
            .Produces<BackfillList>()
            .Fails(404);
        app.MapDelete(Routes.JobBackfill, (string name, string id, HttpContext http, SchedulerNode node) =>
                node.DoAsync(new CancelBackfill(name, id, http.GetActor()), http))
            .Describe("cancelBackfill", "Stop a backfill", "Its active runs go on.", Role.Operator)
            .Produces(204)
            .Fails(404);
    }

    private static async Task<IResult> StartAsync(string name, HttpContext http, SchedulerNode node)
    {
        var request = await BodyReader.ReadAsync(http, ApiJson.Default.StartBackfillRequest);
        var missing = new List<RuleViolation>();
        if (request.From is null) missing.Add(Missing("from"));
        if (request.Until is null) missing.Add(Missing("until"));
        if (request is not { From: { } from, Until: { } until })
            throw new ProblemException(ProblemFactory.Invalid(missing));

        var reply = await node.AskAsync<BackfillStarted>(
            new StartBackfill(
                name,
                Instant.FromDateTimeOffset(from),
                Instant.FromDateTimeOffset(until),
                request.Parallelism ?? 1,
                http.GetActor()),
            http.RequestAborted);
        var document = Wire.Backfill(reply.Backfill);
        return TypedResults.Created(Routes.Fill(Routes.JobBackfill, name, document.Id), document);
    }

    private static RuleViolation Missing(string field) =>
        new(field, null, "It must be given.", "Give an instant such as 2026-01-31T08:00:00Z.");
}
