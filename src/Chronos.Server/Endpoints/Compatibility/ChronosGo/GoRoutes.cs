using System.Globalization;
using System.Text.Json;
using System.Text;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Server.Auth;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Endpoints.Compatibility.ChronosGo;

/// <summary>The API of chronos-go: jobs by number.</summary>
internal static class GoRoutes
{
    private const string Number = "{id:min(0)}";
    private const string ForcedSuffix = ".forcerun";

    /// <summary>The routes.</summary>
    public static readonly IReadOnlyList<CompatibilityRoute> All =
    [
        new("GET", "/jobs", Role.Viewer, List),
        new("POST", "/jobs", Role.Admin, CreateAsync),
        new("DELETE", "/jobs", Role.Admin, DeleteAllAsync),
        new("GET", "/jobs/" + Number, Role.Viewer, Read),
        new("PUT", "/jobs/" + Number, Role.Admin, PutAsync),
        new("DELETE", "/jobs/" + Number, Role.Admin, DeleteAsync),
        new("POST", "/jobs/forcerun", Role.Admin, ForceRunAsync),
    ];

    private static Task<IResult> List(ChronosRequest request)
    {
        var all = request.Service<GoJobIndex>().All();
        request.Http.Response.Headers.Pragma = "no-cache";
        var text = Print(json =>
        {
            json.WriteStartObject();
            foreach (var (id, snapshot) in all.Select(p => (Id: Text(p.Key), p.Value))
                         .OrderBy(p => p.Id, StringComparer.Ordinal))
            {
                json.WritePropertyName(id);
                Write(json, snapshot.Job);
            }

            json.WriteEndObject();
        });
        return Task.FromResult(Results.Text(text + "\n"));
    }

    private static Task<IResult> Read(ChronosRequest request)
    {
        request.Http.Response.Headers.Pragma = "no-cache";
        return Task.FromResult(FindId(request) is { } id && request.Service<GoJobIndex>().Find(id) is { } snapshot
            ? Results.Text(Print(json => Write(json, snapshot.Job)) + "\n")
            : ChronosError.BadRequest($"There is no job {request.Path("id")}."));
    }

    private static async Task<IResult> CreateAsync(ChronosRequest request)
    {
        var (document, error) = await request.ReadObjectAsync(ignoreRest: true);
        if (document is null) return error ?? ChronosError.BadRequest("The body is missing.");
        using var _ = document;
        var index = request.Service<GoJobIndex>();
        await index.Writing.WaitAsync(request.Aborted);
        try
        {
            var id = index.TakeId();
            return await StoreAsync(request, document.RootElement, id, existing: null) ?? Results.Text(Text(id) + "\n");
        }
        finally
        {
            index.Writing.Release();
        }
    }

    private static async Task<IResult> PutAsync(ChronosRequest request)
    {
        if (FindId(request) is not { } id) return ChronosError.BadRequest("The number of the job is out of range.");
        var (document, error) = await request.ReadObjectAsync(ignoreRest: true);
        if (document is null) return error ?? ChronosError.BadRequest("The body is missing.");
        using var _ = document;
        var index = request.Service<GoJobIndex>();
        await index.Writing.WaitAsync(request.Aborted);
        try
        {
            return await StoreAsync(request, document.RootElement, id, index.Find(id)?.Job) ?? Results.Ok();
        }
        finally
        {
            index.Writing.Release();
        }
    }

    private static async Task<IResult> DeleteAsync(ChronosRequest request)
    {
        if (FindId(request) is { } id && request.Service<GoJobIndex>().Find(id) is { } snapshot)
            await DeleteAsync(request, snapshot);
        return Results.Ok();
    }

    private static async Task<IResult> DeleteAllAsync(ChronosRequest request)
    {
        foreach (var (_, snapshot) in request.Service<GoJobIndex>().All()) await DeleteAsync(request, snapshot);
        return Results.Ok();
    }

    private static Task<Reply> DeleteAsync(ChronosRequest request, JobSnapshot snapshot) =>
        request.SubmitAsync(new DeleteJob(snapshot.Job.Name, ChildPolicy.Inherit, request.Actor));

    /// <summary>Runs a job once that need not exist. What ran stays as a job without schedule and number, so that its
    /// history and output can be read; the next forced run of the name replaces it.</summary>
    private static async Task<IResult> ForceRunAsync(ChronosRequest request)
    {
        var (document, error) = await request.ReadObjectAsync(ignoreRest: true);
        if (document is null) return error ?? ChronosError.BadRequest("The body is missing.");
        using var whole = document;
        using var body = WithoutSchedule(whole.RootElement);
        var read = ChronosGoJob.Read(body.RootElement, request.ReadOptions(JobKindExpectation.Any, existing: null));
        if (read.Job is not { } job) return request.Refuse(read.Violations, "");

        var name = job.Name + ForcedSuffix;
        var forced = job with { Name = name, Disabled = false, Labels = [new(GoJobIndex.ForcedLabel, job.Name)] };
        if (await SubmitAsync(request, forced, ifVersion: null) is { } refusal) return refusal;
        var run = new StartRun(name, Arguments: null, [], Key: null, request.Actor);
        return await request.SubmitAsync(run) is Refused refused ? request.Refuse(refused, name) : Results.Ok();
    }

    /// <summary>Stores a job under its number; null: done. A job keeps the name under which it was created. Names are
    /// not unique in chronos-go; here the second job of a name gets the number added to it.</summary>
    private static async Task<IResult?> StoreAsync(ChronosRequest request, JsonElement body, int id, Job? existing)
    {
        var read = ChronosGoJob.Read(body, request.ReadOptions(JobKindExpectation.Any, existing));
        if (read.Job is not { } job) return request.Refuse(read.Violations, "");
        var isTaken = existing is null && request.Node.Jobs.Find(job.Name) is not null;
        var name = existing?.Name ?? (isTaken ? $"{job.Name}-{Text(id)}" : job.Name);
        var labels = job.Labels.Where(l => l.Key is not (GoJobIndex.IdLabel or GoJobIndex.NameLabel))
            .Append(new(GoJobIndex.IdLabel, Text(id)));
        if (name != job.Name) labels = labels.Append(new(GoJobIndex.NameLabel, job.Name));
        var stored = job with
        {
            Name = name,
            Labels = labels.OrderBy(l => l.Key, StringComparer.Ordinal).ToValueList(),
        };
        return await SubmitAsync(request, stored, existing is null ? JobVersion.None : null);
    }

    /// <summary>Stores a job; null: done.</summary>
    private static async Task<IResult?> SubmitAsync(ChronosRequest request, Job job, JobVersion? ifVersion)
    {
        var violations = JobValidator.Validate(job, request.Server.DefaultZone); // its name has changed
        if (violations.Count > 0) return request.Refuse(violations, job.Name);
        return await request.SubmitAsync(new PutJobs([job], request.Actor, ifVersion)) is Refused refused
            ? request.Refuse(refused, job.Name)
            : null;
    }

    /// <summary>When a forced job would be due does not matter, nor whether it is enabled.</summary>
    private static JsonDocument WithoutSchedule(JsonElement body) => JsonDocument.Parse(Print(json =>
    {
        json.WriteStartObject();
        foreach (var property in body.EnumerateObject())
            if (!property.Name.Equals("schedule", StringComparison.OrdinalIgnoreCase)
                && !property.Name.Equals("enabled", StringComparison.OrdinalIgnoreCase))
                property.WriteTo(json);
        json.WriteEndObject();
    }));

    private static void Write(Utf8JsonWriter json, Job job) =>
        ChronosGoJob.Write(json, job with { Name = GoJobIndex.NameOf(job) });

    private static int? FindId(ChronosRequest request) =>
        int.TryParse(request.Path("id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);

    private static string Print(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, ChronosJson.WriterOptions)) write(json);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
