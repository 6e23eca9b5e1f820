using System.Text.Json;
using Chronos.Api;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Problems;

/// <summary>Writes a problem as the answer.</summary>
public sealed class ProblemResult(Problem problem) : IResult
{
    /// <summary>The content type of problems.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>What the client is told.</summary>
    public Problem Problem { get; } = problem;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, Problem);

    /// <summary>Writes <paramref name="problem"/> with what the request adds to it.</summary>
    public static Task WriteAsync(HttpContext http, Problem problem)
    {
        var complete = problem with
        {
            Instance = problem.Instance ?? http.Request.Path.ToUriComponent(),
            Message = problem.Message ?? problem.Detail,
        };
        http.Response.StatusCode = problem.Status;
        http.Response.ContentType = ContentType;
        http.Response.Headers.CacheControl = "no-store";
        var json = JsonSerializer.SerializeToUtf8Bytes(complete, ReadableJson.Context.Problem);
        http.Response.ContentLength = json.Length;
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(json, http.RequestAborted).AsTask();
    }
}
