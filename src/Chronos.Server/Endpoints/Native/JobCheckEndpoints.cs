using System.Text.Json;
using Chronos.Api;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Hosting;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Says what is wrong with a definition while somebody writes it. That it is not right yet is no error, so the
/// answer is 200 all the same.</summary>
internal static class JobCheckEndpoints
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost(Routes.JobCheck, CheckAsync)
            .Describe(
                "checkJob",
                "Check a definition",
                "Nothing is saved. Always 200 for a JSON object: the body lists every broken rule, and the next "
                + "occurrences as far as the schedule can be read.",
                Role.Admin)
            .Accepts<JobDefinition>("application/json")
            .Produces<JobCheck>()
            .Fails(400, 413, 415);

    private static async Task<Ok<JobCheck>> CheckAsync(
        HttpContext http, SchedulerNode node, JobIntake intake, ServerOptions options)
    {
        using var json = await BodyReader.ReadJsonAsync(http);
        var definition = json.RootElement;
        var read = intake.Read(definition, BulkEndpoints.Existing(definition, node));
        IReadOnlyList<Core.Jobs.Violation> broken = read.Job is { } job
            ? BulkEndpoints.Broken(new([job], http.GetActor()), node)
            : read.Violations;
        return TypedResults.Ok(new JobCheck
        {
            Violations = broken.Select(ProblemFactory.ToWire).ToList(),
            Warnings = read.Warnings.Select(Wire.Warning).ToList(),
            Schedule = PreviewOf(definition, node, options),
        });
    }

    private static SchedulePreview? PreviewOf(JsonElement definition, SchedulerNode node, ServerOptions options)
    {
        if (Text(definition, "schedule") is not { Length: > 0 } schedule) return null;
        var request = new SchedulePreviewRequest
        {
            Schedule = schedule,
            ScheduleTimeZone = Text(definition, "scheduleTimeZone"),
            Gap = Text(definition, "gap"),
            Overlap = Text(definition, "overlap"),
            Name = Text(definition, "name"),
        };
        try
        {
            return ScheduleEndpoints.Preview(request, node, options);
        }
        catch (ProblemException)
        {
            return null; // what is wrong with it is among the violations
        }
    }

    private static string? Text(JsonElement definition, string field) =>
        definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty(field, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
