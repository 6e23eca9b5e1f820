using System.Text.Json;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Writes a page of jobs straight into the response's pipe, one job at a time.</summary>
internal sealed class JobPageResult(JobListingPage page) : IResult
{
    private const int FlushBytes = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(response.BodyWriter, ReadableJson.Writing);
        json.WriteStartObject();
        json.WriteStartArray("items");
        foreach (var job in page.Items)
        {
            JsonSerializer.Serialize(json, Wire.Summary(job), ReadableJson.Context.JobSummary);
            if (json.BytesPending > FlushBytes) await json.FlushAsync(httpContext.RequestAborted);
        }

        json.WriteEndArray();
        json.WriteNumber("total", page.Total);
        if (page.Next is not null) json.WriteString("next", page.Next);
        json.WriteEndObject();
        await json.FlushAsync(httpContext.RequestAborted);
    }
}
