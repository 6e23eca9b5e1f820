using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Writes server-sent events. Their data is JSON on one line, so that no line of it can be taken for a field.
/// </summary>
internal sealed class SseWriter(HttpContext http)
{
    private static readonly byte[] HeartbeatLine = ": alive\n\n"u8.ToArray();

    /// <summary>Sends the headers, so that the client knows that it watches.</summary>
    public Task BeginAsync()
    {
        var response = http.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // else nginx holds events back
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return response.Body.FlushAsync(http.RequestAborted);
    }

    public async Task WriteAsync<T>(long? id, string? name, T data, JsonTypeInfo<T> type)
    {
        var head = new StringBuilder();
        if (id is { } number) head.Append("id: ").Append(number).Append('\n');
        if (name is not null) head.Append("event: ").Append(name).Append('\n');
        head.Append("data: ");
        var body = http.Response.Body;
        await body.WriteAsync(Encoding.UTF8.GetBytes(head.ToString()), http.RequestAborted);
        await body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(data, type), http.RequestAborted);
        await body.WriteAsync("\n\n"u8.ToArray(), http.RequestAborted);
        await body.FlushAsync(http.RequestAborted);
    }

    /// <summary>Says that the server is still there; a client that is gone makes this fail.</summary>
    public async Task HeartbeatAsync()
    {
        await http.Response.Body.WriteAsync(HeartbeatLine, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
