using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Core.Schedules;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Hosting;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Shows when schedules are due.</summary>
internal static class ScheduleEndpoints
{
    private const int CountDefault = 10;
    private const int CountMax = 1000;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.JobSchedule, Get)
            .Describe(
                "getSchedule", "Show when a job is due",
                "The next occurrences, less those that the job's calendars and limits exclude.", Role.Viewer)
            .Query(
                new QueryParameter("count", "How many, 1 to 1000; default 10.") { Type = QueryParameterType.Integer },
                new QueryParameter("from", "Occurrences after this; default now.")
                {
                    Type = QueryParameterType.Instant,
                })
            .Produces<SchedulePreview>()
            .Fails(400, 404, 409);
        app.MapPost(Routes.SchedulePreview, PreviewAsync)
            .Describe(
                "previewSchedule", "Show when a schedule would be due",
                "Nothing is saved. Times that daylight saving moved say from where.", Role.Viewer)
            .Accepts<SchedulePreviewRequest>("application/json")
            .Produces<SchedulePreview>()
            .Fails(400, 415);
    }

    private static Ok<SchedulePreview> Get(
        string name, HttpContext http, SchedulerNode node, ServerOptions options)
    {
        var query = new QueryReader(http);
        var count = (int)(query.Integer("count", 1, CountMax) ?? CountDefault);
        var from = query.Instant("from");
        query.ThrowIfRefused();
        var snapshot = node.Job(name);
        if (snapshot.Job.Schedule is not { } definition)
            throw new ProblemException(ProblemFactory.Conflict([new RuleViolation(
                "schedule", null, "The job has no schedule.", "It is started by its parents or by hand.")]));
        var schedule = Parse(name, definition, options).AnchoredAt(snapshot.State.Anchor);
        return TypedResults.Ok(Preview(schedule, definition, from ?? node.Now, count));
    }

    private static async Task<IResult> PreviewAsync(HttpContext http, SchedulerNode node, ServerOptions options)
    {
        var request = await BodyReader.ReadAsync(http, ApiJson.Default.SchedulePreviewRequest);
        return TypedResults.Ok(Preview(request, node, options));
    }

    /// <summary>The occurrences of a schedule that is not saved.</summary>
    /// <exception cref="ProblemException">It breaks rules.</exception>
    internal static SchedulePreview Preview(SchedulePreviewRequest request, SchedulerNode node, ServerOptions options)
    {
        var problems = new QueryReader(QueryCollection.Empty);
        if (request.Count is < 1 or > CountMax)
            problems.Refuse<int>("count", $"{request.Count}", $"It must be 1 to {CountMax}.", "Give such a number.");
        var definition = new JobSchedule
        {
            Text = request.Schedule ?? "",
            TimeZone = request.ScheduleTimeZone ?? "",
            Gap = Choice<GapRule>(problems, "gap", request.Gap),
            Overlap = Choice<OverlapRule>(problems, "overlap", request.Overlap),
        };
        var parsed = JobSchedules.Parse(request.Name ?? "", definition, options.DefaultZone);
        foreach (var error in parsed.Errors) problems.Refuse<int>(FieldOf(error), error.Value, error.Message, "");
        problems.ThrowIfRefused();
        var from = request.From is { } given ? Instant.FromDateTimeOffset(given) : node.Now;
        var schedule = parsed.Schedule!.AnchoredAt(from);
        return Preview(schedule, definition, from, request.Count ?? CountDefault);
    }

    private static SchedulePreview Preview(Schedule schedule, JobSchedule definition, Instant from, int count)
    {
        var found = new List<OccurrenceDocument>(count);
        var after = definition.StartAfter is { } start && start > from ? start - Duration.Epsilon : from;

        // Calendars may exclude a great many occurrences in a row; what lies beyond is not worth a longer look.
        for (var looked = 0; found.Count < count && looked < 100 * CountMax; looked++)
        {
            if (schedule.Next(after) is not { } next || next.At >= definition.EndBefore) break;
            after = next.At;
            if (!IsExcluded(definition, next.At.InZone(schedule.Zone).Date))
                found.Add(Wire.Occurrence(next, schedule.Zone));
        }

        return new()
        {
            Schedule = schedule.Text,
            TimeZone = schedule.Zone.Id,
            Kind = Wire.Word(schedule.Kind),
            Description = schedule.Describe(),
            Remaining = schedule.RemainingAfter(from),
            Occurrences = found,
        };
    }

    private static bool IsExcluded(JobSchedule definition, LocalDate date)
    {
        foreach (var dates in definition.ExcludedDates)
            if (dates.Contains(date)) return true;
        return false;
    }

    private static Schedule Parse(string name, JobSchedule definition, ServerOptions options)
    {
        var parsed = JobSchedules.Parse(name, definition, options.DefaultZone);
        if (parsed.Succeeded) return parsed.Schedule;
        throw new ProblemException(ProblemFactory.Invalid(parsed.Errors.Select(error =>
            new RuleViolation(FieldOf(error), error.Value, error.Message, "")).ToList()));
    }

    private static string FieldOf(ScheduleError error) =>
        error.Field == "time zone" ? "scheduleTimeZone" : "schedule";

    private static T? Choice<T>(QueryReader problems, string field, string? text)
        where T : struct, Enum
    {
        if (text is null) return null;
        foreach (var value in Enum.GetValues<T>())
            if (Wire.Word(value) == text) return value;
        var words = string.Join(", ", Enum.GetValues<T>().Select(Wire.Word));
        return problems.Refuse<T?>(field, text, $"It must be one of: {words}.", "Give one of them.");
    }
}
