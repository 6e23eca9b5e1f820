using System.Buffers;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Chronos.MesosSimulator.Http;

/// <summary>Reading requests and writing short answers.</summary>
internal static class Requests
{
    /// <summary>The whole body, unpacked.</summary>
    internal static async Task<ReadOnlySequence<byte>> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.Headers.ContentEncoding == "gzip")
        {
            await using var unpacked = new GZipStream(context.Request.Body, CompressionMode.Decompress);
            using var plain = new MemoryStream();
            await unpacked.CopyToAsync(plain, context.RequestAborted);
            return new(plain.ToArray());
        }

        var length = (int)(context.Request.ContentLength ?? 0);
        using var bytes = new MemoryStream(length);
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        return new(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    /// <summary>An answer without a stream.</summary>
    internal static async Task AnswerAsync(HttpContext context, Answer answer)
    {
        context.Response.StatusCode = answer.Status;
        if (answer.Location is { } location) context.Response.Headers.Location = location;
        if (answer.Challenge is { } challenge) context.Response.Headers.WWWAuthenticate = challenge;
        if (answer.Status == StatusCodes.Status405MethodNotAllowed) context.Response.Headers.Allow = "POST";
        if (answer.Body.Length > 0) context.Response.ContentType = answer.MediaType;
        context.Response.ContentLength = answer.Body.Length;
        if (answer.Body.Length > 0) await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    /// <summary>Says nothing until the client gives up.</summary>
    internal static async Task HangAsync(HttpContext context)
    {
        var gaveUp = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(gaveUp.SetResult);
        await gaveUp.Task;
    }

    /// <summary>Whether the request carries the credentials; none wanted: always.</summary>
    internal static bool IsAuthenticated(HttpContext context, string? principal, string? secret)
    {
        if (principal is null) return true;
        var expected = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{principal}:{secret}"));
        return context.Request.Headers.Authorization == "Basic " + expected;
    }
}

/// <summary>A status and a text.</summary>
internal sealed record Answer(int Status, byte[] Body)
{
    internal Answer(int status, string text = "")
        : this(status, Encoding.UTF8.GetBytes(text))
    {
    }

    internal static Answer Accepted { get; } = new(202);

    internal string MediaType { get; init; } = "text/plain; charset=utf-8";

    internal string? Location { get; init; }

    internal string? Challenge { get; init; }
}
