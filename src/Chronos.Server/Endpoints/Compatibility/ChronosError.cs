using System.Text.Json;
using Chronos.Core.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>An answer that says what was wrong: <c>message</c> and <c>status</c> as in Mesos Chronos 3.x, the message
/// in one line and in its words, and every broken rule in <c>violations</c>.</summary>
internal sealed class ChronosError(int status, string message, IReadOnlyList<Violation> violations) : IResult
{
    private const int RetrySeconds = 1;

    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>A fault of the request.</summary>
    public static ChronosError BadRequest(string message) => new(StatusCodes.Status400BadRequest, message, []);

    /// <summary>Another fault.</summary>
    public static ChronosError Of(int status, string message) => new(status, message, []);

    /// <summary>The job is unknown, in the words of reading and starting.</summary>
    public static ChronosError UnknownJob(string name) => BadRequest($"Job '{name}' not found");

    /// <summary>The job is unknown, in the words of deleting, killing and progress.</summary>
    public static ChronosError UnknownSchedule(string name) => BadRequest($"JobSchedule '{name}' not found");

    /// <summary>A broken rule of something other than a job.</summary>
    public static ChronosError Of(Violation violation) =>
        new(StatusCodes.Status400BadRequest, violation.ToString(), [violation]);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = $"{RetrySeconds}";
        using var json = new Utf8JsonWriter(response.BodyWriter, ChronosJson.WriterOptions);
        Write(json);
        await json.FlushAsync(httpContext.RequestAborted);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("message", message);
        json.WriteString("status", ReasonPhrases.GetReasonPhrase(status));
        if (violations.Count > 0)
        {
            json.WriteStartArray("violations");
            foreach (var violation in violations) Write(json, violation);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Violation violation)
    {
        json.WriteStartObject();
        json.WriteString("field", violation.Field);
        if (violation.Value is not null) json.WriteString("value", violation.Value);
        json.WriteString("rule", violation.Rule);
        json.WriteString("remedy", violation.Remedy);
        json.WriteEndObject();
    }
}
