using System.Buffers;
using System.Text.Json;
using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Answers with a job: its definition, and what the server knows of it in <c>status</c>.</summary>
internal sealed class JobDocumentResult(JobSnapshot snapshot, SchedulerNode node, int status = StatusCodes.Status200OK)
    : IResult
{
    /// <summary>What was noticed in the definition just sent.</summary>
    public IReadOnlyList<JobWarning> Warnings { get; init; } = [];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.ETag = Revisions.TagOf(snapshot);
        response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status201Created)
            response.Headers.Location = Routes.Fill(Routes.Job, snapshot.Job.Name);
        await response.Body.WriteAsync(Write(), httpContext.RequestAborted);
    }

    private ReadOnlyMemory<byte> Write()
    {
        var definition = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(definition, ReadableJson.Writing))
            JobWriter.WriteNative(json, snapshot.Job);

        var document = new ArrayBufferWriter<byte>(definition.WrittenCount + 1024);
        using (var json = new Utf8JsonWriter(document, ReadableJson.Writing))
        {
            json.WriteStartObject();
            using (var fields = JsonDocument.Parse(definition.WrittenMemory))
                foreach (var field in fields.RootElement.EnumerateObject())
                    field.WriteTo(json);
            json.WritePropertyName(JobIntake.StatusField);
            JsonSerializer.Serialize(json, Status(), ReadableJson.Context.JobStatus);
            json.WriteEndObject();
        }

        return document.WrittenMemory;
    }

    private JobStatus Status()
    {
        var known = Wire.Status(snapshot, node);
        return Warnings.Count == 0 ? known : known with { Warnings = Warnings.Select(Wire.Warning).ToList() };
    }
}
