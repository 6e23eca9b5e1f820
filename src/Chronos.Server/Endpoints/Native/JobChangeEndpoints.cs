using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Creates, changes and deletes jobs.</summary>
internal static class JobChangeEndpoints
{
    private const string MergePatchType = "application/merge-patch+json";
    private const int PatchTriesMax = 10;
    private static readonly string[] ScheduleFields =
    [
        "scheduleTimeZone", "epsilon", "gap", "overlap", "missed", "jitter", "calendars", "startAfter", "endBefore",
    ];

    public static readonly string[] Cascades = ["refuse", "inherit", "detach", "delete"];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPut(Routes.Job, PutAsync)
            .Describe(
                "putJob",
                "Create or replace a job",
                "Replaces the whole definition; fields that are left out get their defaults, and the name is that of "
                + "the path. Counters, history and "
                + "masked secrets stay. `If-Match` makes it depend on a revision, `If-None-Match: *` on absence.",
                Role.Admin)
            .Header("If-Match", "Only if the job has this `ETag`; else 412.")
            .Header("If-None-Match", "`*`: only if there is no such job; else 412.")
            .Accepts<JobDefinition>("application/json")
            .Produces<JobStatusEnvelope>()
            .Produces<JobStatusEnvelope>(201)
            .Fails(400, 412, 413, 415);
        app.MapPatch(Routes.Job, PatchAsync)
            .Describe(
                "patchJob",
                "Change fields of a job",
                "A JSON merge patch (RFC 7396) on the definition: members replace, null removes, the rest stays.",
                Role.Admin)
            .Header("If-Match", "Only if the job has this `ETag`; else 412.")
            .Accepts<JobDefinition>(MergePatchType, "application/json")
            .Produces<JobStatusEnvelope>()
            .Fails(400, 404, 412, 413, 415);
        app.MapDelete(Routes.Job, DeleteAsync)
            .Describe("deleteJob", "Delete a job", "Kills its runs; its history stays for its retention.", Role.Admin)
            .Query(new QueryParameter("cascade", "What becomes of jobs that it starts. Default refuse: 409.")
            {
                Values = Cascades,
            })
            .Header("If-Match", "Only if the job has this `ETag`; else 412.")
            .Produces(204)
            .Fails(400, 404, 409, 412);
        app.MapPost(Routes.JobEnable, EnableAsync)
            .Describe("enableJob", "Enable a job", "Lets it start again.", Role.Operator)
            .Produces(204)
            .Fails(404);
        app.MapPost(Routes.JobDisable, DisableAsync)
            .Describe("disableJob", "Disable a job", "Nothing starts it until it is enabled.", Role.Operator)
            .Accepts<DisableRequest>(isOptional: true, "application/json")
            .Produces(204)
            .Fails(400, 404);
    }

    private static async Task<IResult> PutAsync(string name, HttpContext http, SchedulerNode node, JobIntake intake)
    {
        var before = node.Jobs.Find(name);
        var demanded = Revisions.Demanded(http.Request, before);
        using var json = await BodyReader.ReadJsonAsync(http);
        var (job, warnings) = intake.ReadNamed(json.RootElement, name, before?.Job);
        return await StoreAsync(new([job], http.GetActor(), demanded), warnings, http, node);
    }

    private static async Task<IResult> PatchAsync(string name, HttpContext http, SchedulerNode node, JobIntake intake)
    {
        using var json = await BodyReader.ReadJsonAsync(http, MergePatchType);
        if (json.RootElement.ValueKind != JsonValueKind.Object)
            throw new ProblemException(ProblemFactory.Invalid(
                new Violation("", null, "A patch must be a JSON object.", "Send the fields to change.")));
        for (var i = 0; ; i++)
        {
            var before = node.Job(name);
            var demanded = Revisions.Demanded(http.Request, before);
            var (job, warnings) = intake.ReadNamed(Patched(before.Job, json.RootElement), name, before.Job);
            try
            {
                var put = new PutJobs([job], http.GetActor(), before.State.Revision);
                return await StoreAsync(put, warnings, http, node);
            }
            catch (ProblemException e)
                when (e.Problem.Type == ProblemTypes.RevisionMismatch && demanded is null && i < PatchTriesMax)
            {
                // Somebody was quicker, and the client did not say that it minds: the patch is applied to their result.
            }
        }
    }

    private static async Task<IResult> StoreAsync(
        PutJobs put, IReadOnlyList<JobWarning> warnings, HttpContext http, SchedulerNode node)
    {
        var reply = await node.AskAsync<JobsPut>(put, http.RequestAborted);
        return new JobDocumentResult(reply.Jobs[0], node, reply.Created == 1 ? 201 : 200) { Warnings = warnings };
    }

    private static JsonElement Patched(Job job, JsonElement patch)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) JobWriter.WriteNative(writer, job);
        var changes = JsonNode.Parse(patch.GetRawText()) as JsonObject ?? [];
        var definition = JsonNode.Parse(buffer.WrittenSpan) as JsonObject ?? [];
        if (IsTakenAway(changes, "schedule")) foreach (var field in ScheduleFields) definition.Remove(field);
        if (IsTakenAway(changes, "parents")) definition.Remove("trigger");
        var merged = MergePatch.Apply(definition, changes);
        return JsonElement.Parse(merged?.ToJsonString() ?? "null");
    }

    /// <summary>Whether a patch removes the field; then what only makes sense beside it goes too, unless the patch says
    /// otherwise.</summary>
    private static bool IsTakenAway(JsonObject changes, string field) =>
        changes.TryGetPropertyValue(field, out var value) && value is null or JsonArray { Count: 0 };

    private static Task<IResult> DeleteAsync(string name, HttpContext http, SchedulerNode node)
    {
        var query = new QueryReader(http);
        var children = Children(query.Choice("cascade", Cascades));
        query.ThrowIfRefused();
        var demanded = Revisions.Demanded(http.Request, node.Job(name));
        return node.DoAsync(new DeleteJob(name, children, http.GetActor(), demanded), http);
    }

    /// <summary>What a value of <c>cascade</c> means.</summary>
    internal static ChildPolicy Children(string? cascade) => cascade switch
    {
        "inherit" => ChildPolicy.Inherit,
        "detach" => ChildPolicy.Detach,
        "delete" => ChildPolicy.Delete,
        _ => ChildPolicy.Refuse,
    };

    private static Task<IResult> EnableAsync(string name, HttpContext http, SchedulerNode node) =>
        node.DoAsync(new SetDisabled(name, false, "", http.GetActor()), http);

    private static async Task<IResult> DisableAsync(string name, HttpContext http, SchedulerNode node)
    {
        var request = await BodyReader.ReadOptionalAsync(http, ApiJson.Default.DisableRequest);
        var actor = http.GetActor();
        var reason = request?.Reason is { Length: > 0 } given ? given : $"Disabled by {actor.Name}.";
        return await node.DoAsync(new SetDisabled(name, true, reason, actor), http);
    }
}
