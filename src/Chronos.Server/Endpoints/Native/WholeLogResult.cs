using System.Globalization;
using System.Text;
using Chronos.Runtime.Ports;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Endpoints.Native;

/// <summary>An output from some offset to its present end as one text for people, who see no headers: where output was
/// dropped, a line says so.</summary>
internal sealed class WholeLogResult(Func<long, int, Task<LogPart?>> read, long offset) : IResult
{
    private const int ChunkBytes = 256 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        var (at, lastByte) = (offset, (byte)'\n');
        while (await read(at, ChunkBytes) is { Bytes.Length: > 0 } part)
        {
            if (part.Offset > at)
            {
                var text = (lastByte == '\n' ? "" : "\n") + Mark(at, part.Offset) + "\n";
                await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), httpContext.RequestAborted);
            }

            await response.Body.WriteAsync(part.Bytes, httpContext.RequestAborted);
            at = part.Offset + part.Bytes.Length;
            lastByte = part.Bytes.Span[^1];
        }
    }

    private static string Mark(long from, long until) => string.Create(
        CultureInfo.InvariantCulture,
        $"[chronos: {until - from} bytes were dropped here, offsets {from} to {until}: the output is too large]");
}
