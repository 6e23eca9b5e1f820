using System.Diagnostics;
using System.Globalization;
using Chronos.Api;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Chronos.Server.Problems;

/// <summary>Sees to it that no error leaves the server without a problem document: exceptions, and answers of the
/// framework that have a status but no body.</summary>
internal sealed partial class ProblemMiddleware(
    RequestDelegate next, ServerOptions options, ILogger<ProblemMiddleware> logger)
{
    private const int RetryAfterSeconds = 2;

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is there to read an answer
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            var problem = ProblemOf(e, http);
            http.Response.Clear();
            SecurityHeaders.Apply(http);
            if (problem.Status == StatusCodes.Status503ServiceUnavailable)
                http.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            await ProblemResult.WriteAsync(http, problem);
            return;
        }

        if (!http.Response.HasStarted && http.Response.StatusCode >= 400 && http.Response.ContentType is null)
            await ProblemResult.WriteAsync(http, ProblemOfStatus(http));
    }

    private Problem ProblemOf(Exception exception, HttpContext http)
    {
        switch (exception)
        {
            case ProblemException refusal:
                return refusal.Problem;
            case LogUnavailableException:
                return ProblemFactory.NotFound(exception.Message);
            case NodeUnavailableException or StoreUnavailableException:
                return ProblemFactory.Unavailable(exception.Message);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return ProblemFactory.TooLarge(BodyBytesMax(http));
            case BadHttpRequestException bad:
                return ProblemFactory.Other(bad.StatusCode, bad.Message);
            default:
                var traceId = Activity.Current?.Id ?? http.TraceIdentifier;
                LogFailed(exception, http.Request.Method, http.Request.Path, traceId);
                return ProblemFactory.Server(traceId);
        }
    }

    private Problem ProblemOfStatus(HttpContext http)
    {
        var status = http.Response.StatusCode;
        var path = http.Request.Path.ToUriComponent();
        return status switch
        {
            StatusCodes.Status404NotFound => ProblemFactory.NotFound($"There is nothing at {path}."),
            StatusCodes.Status405MethodNotAllowed =>
                ProblemFactory.MethodNotAllowed(http.Request.Method, http.Response.Headers.Allow.ToString()),
            StatusCodes.Status413PayloadTooLarge => ProblemFactory.TooLarge(BodyBytesMax(http)),
            StatusCodes.Status415UnsupportedMediaType =>
                ProblemFactory.UnsupportedMediaType(http.Request.ContentType, "application/json"),
            _ => ProblemFactory.Other(status, $"{http.Request.Method} {path} was answered with {status}."),
        };
    }

    private long BodyBytesMax(HttpContext http) =>
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? options.RequestBodyBytesMax;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed ({TraceId})")]
    private partial void LogFailed(Exception exception, string method, string path, string traceId);
}
