using System.Text.Encodings.Web;
using System.Text.Json;
using Chronos.Core.Jobs;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>An answer of JSON in a single line, written as it is sent; Chronos clients read the first line
/// only.</summary>
internal sealed class ChronosJson(Func<Utf8JsonWriter, CancellationToken, Task> write) : IResult
{
    /// <summary>Bytes that may wait before they are sent.</summary>
    private const int FlushBytes = 64 * 1024;

    /// <summary>Plain JSON as the original wrote it; answers are never put into HTML as they are.</summary>
    public static readonly JsonWriterOptions WriterOptions =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An answer that is written at once.</summary>
    public static ChronosJson Of(Action<Utf8JsonWriter> write) => new((json, _) =>
    {
        write(json);
        return Task.CompletedTask;
    });

    /// <summary>Writes a number as Java prints doubles.</summary>
    public static void WriteDouble(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(JavaNumberText.Of(value), skipInputValidation: true);
    }

    /// <summary>Sends what has been written, once there is enough of it.</summary>
    public static ValueTask SendAsync(Utf8JsonWriter json, CancellationToken cancellationToken) =>
        json.BytesPending < FlushBytes ? ValueTask.CompletedTask : new(json.FlushAsync(cancellationToken));

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(httpContext.Response.Body, WriterOptions);
        await write(json, httpContext.RequestAborted);
        await json.FlushAsync(httpContext.RequestAborted);
    }
}
