using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Server.Auth;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Listing, reading, creating and deleting jobs.</summary>
internal static class JobRoutes
{
    private const int SearchLimit = 10;
    private const string WarningsHeader = "X-Chronos-Warnings";
    private const int WarningsLengthMax = 1000;

    /// <summary>The routes.</summary>
    public static readonly IReadOnlyList<CompatibilityRoute> All =
    [
        new("GET", "/jobs", Role.Viewer, List),
        new("GET", "/jobs/search", Role.Viewer, Search),
        new("GET", "/jobs/summary", Role.Viewer, Summary),
        new("GET", "/job/{job}", Role.Viewer, Read),
        new("DELETE", "/job/{job}", Role.Admin, DeleteAsync),
        new("POST", "/iso8601", Role.Admin, PutScheduledAsync),
        new("PUT", "/iso8601", Role.Admin, PutScheduledAsync),
        new("POST", "/dependency", Role.Admin, PutDependentAsync),
        new("PUT", "/dependency", Role.Admin, PutDependentAsync),
    ];

    private static Task<IResult> List(ChronosRequest request) =>
        Task.FromResult<IResult>(Array(request.Node.Jobs.InOrder(), WriteOptions(request) with { MirrorFetch = true }));

    private static Task<IResult> Search(ChronosRequest request) => Task.FromResult(SearchNow(request));

    private static IResult SearchNow(ChronosRequest request)
    {
        if (!JobSearch.TryReadCount(request.Query("limit"), SearchLimit, out var limit))
            return NotACount("limit", request.Query("limit"));
        if (!JobSearch.TryReadCount(request.Query("offset"), 0, out var offset))
            return NotACount("offset", request.Query("offset"));
        var search = new JobSearch(
            request.Query("name"), request.Query("command"), request.Query("any"), limit, offset);
        return Array(search.Of(request.Node.Jobs.InOrder()), WriteOptions(request));
    }

    private static ChronosError NotACount(string parameter, string text) =>
        ChronosError.Of(new Violation(parameter, text, "It must be a whole number.", "Use for example 10."));

    private static ChronosJson Array(IEnumerable<JobSnapshot> jobs, ChronosWriteOptions options) =>
        new(async (json, cancellationToken) =>
        {
            json.WriteStartArray();
            foreach (var snapshot in jobs)
            {
                JobWriter.WriteChronos(json, snapshot, options);
                await ChronosJson.SendAsync(json, cancellationToken);
            }

            json.WriteEndArray();
        });

    private static ChronosWriteOptions WriteOptions(ChronosRequest request) => new()
    {
        DefaultZone = request.Server.DefaultZone,
        DefaultUser = request.Server.JobDefaults.RunAsUser,
    };

    private static Task<IResult> Summary(ChronosRequest request)
    {
        var (jobs, zone) = (request.Node.Jobs.InOrder(), request.Server.DefaultZone);
        return Task.FromResult<IResult>(new ChronosJson(async (json, cancellationToken) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("jobs");
            foreach (var snapshot in jobs)
            {
                WriteSummary(json, snapshot, zone);
                await ChronosJson.SendAsync(json, cancellationToken);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private static void WriteSummary(Utf8JsonWriter json, JobSnapshot snapshot, DateTimeZone zone)
    {
        var (job, state) = snapshot;
        json.WriteStartObject();
        json.WriteString("name", job.Name);
        json.WriteString("status", JobLabels.Status(state.Counters));
        json.WriteString("state", JobLabels.State(state));
        json.WriteString("schedule", JobWriter.ChronosSchedule(snapshot, zone));
        json.WriteStartArray("parents");
        foreach (var parent in job.Parents) json.WriteStringValue(parent);
        json.WriteEndArray();
        json.WriteBoolean("disabled", job.Disabled);
        json.WriteEndObject();
    }

    private static Task<IResult> Read(ChronosRequest request)
    {
        var name = request.Path("job");
        return Task.FromResult<IResult>(request.Node.Jobs.Find(name) is { } snapshot
            ? ChronosJson.Of(json => JobWriter.WriteChronos(json, snapshot, WriteOptions(request)))
            : ChronosError.UnknownJob(name));
    }

    private static async Task<IResult> DeleteAsync(ChronosRequest request)
    {
        var name = request.Path("job");
        return await request.SubmitAsync(new DeleteJob(name, ChildPolicy.Inherit, request.Actor)) switch
        {
            Refused { Kind: RefusalKind.NotFound } => ChronosError.UnknownSchedule(name),
            Refused refused => request.Refuse(refused, name),
            _ => Results.NoContent(),
        };
    }

    private static async Task<IResult> PutScheduledAsync(ChronosRequest request) => request.HasJsonType
        ? await PutAsync(request, JobKindExpectation.Scheduled)
        : ChronosError.Of(StatusCodes.Status415UnsupportedMediaType, "Send the job as Content-Type application/json.");

    private static Task<IResult> PutDependentAsync(ChronosRequest request) =>
        PutAsync(request, JobKindExpectation.Dependent);

    private static async Task<IResult> PutAsync(ChronosRequest request, JobKindExpectation kind)
    {
        var (document, error) = await request.ReadObjectAsync();
        if (document is null) return error ?? ChronosError.BadRequest("The body is missing.");
        using var _ = document;
        var name = NameIn(document.RootElement);
        var read = JobReader.Read(
            document.RootElement, request.ReadOptions(kind, request.Node.Jobs.Find(name)?.Job));
        Warn(request, read.Warnings);
        if (read.Job is not { } job) return request.Refuse(read.Violations, name);

        return await request.SubmitAsync(new PutJobs([job], request.Actor)) is Refused refused
            ? request.Refuse(refused, name)
            : Results.NoContent();
    }

    private static string NameIn(JsonElement body) =>
        body.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? JsonText.Of(name)
            : "";

    /// <summary>Tells what was ignored or read otherwise; Mesos Chronos dropped it without a word.</summary>
    private static void Warn(ChronosRequest request, ValueList<JobWarning> warnings)
    {
        if (warnings.Count == 0) return;
        var text = string.Join("; ", warnings.Select(w => $"{w.Field}: {w.Message}"));
        var ascii = string.Concat(text.Select(c => c is >= ' ' and <= '~' ? c : '?'));
        request.Http.Response.Headers[WarningsHeader] =
            ascii.Length <= WarningsLengthMax ? ascii : ascii[..WarningsLengthMax];
    }
}
