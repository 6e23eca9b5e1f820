using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Server.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>What Mesos Chronos answered about its process.</summary>
internal static class ProcessRoutes
{
    private static readonly string[] PrometheusTypes = ["text/plain", "application/openmetrics-text"];

    /// <summary>The routes.</summary>
    public static readonly IReadOnlyList<CompatibilityRoute> All =
    [
        new("GET", "/ping", Role.Viewer, Ping, AnswersHere: true),
        new("GET", "/metrics", Role.Viewer, MetricsAsync, AnswersHere: true),
        new("GET", "/logging", Role.Admin, ShowLevels, AnswersHere: true),
        new("POST", "/logging", Role.Admin, SetLevelAsync, AnswersHere: true),
        new("GET", "/leader", Role.Viewer, ReportRoutes.Leader, AnswersHere: true),
    ];

    private static Task<IResult> Ping(ChronosRequest request)
    {
        var headers = request.Http.Response.Headers;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlAllowOrigin = request.Http.Request.Headers.Origin;
        headers.CacheControl = "must-revalidate,no-cache,no-store";
        return Task.FromResult(Results.Text("pong\n"));
    }

    private static async Task<IResult> MetricsAsync(ChronosRequest request)
    {
        var figures = NodeFigures.Of(request.Node, request.Options.MetricsJobLimit);
        request.Http.Response.Headers.Vary = "Accept";
        request.Http.Response.Headers.CacheControl = "no-store";
        if (WantsPrometheus(request.Http.Request))
            return Results.Text(PrometheusMetrics.Print(figures), PrometheusMetrics.ContentType);

        var times = await request.Service<RunTimes>().OfAllAsync(request.Aborted);
        using var body = new MemoryStream();
        var isPretty = request.Query("pretty").Equals("true", StringComparison.OrdinalIgnoreCase);
        await using (var json = new Utf8JsonWriter(body, ChronosJson.WriterOptions with { Indented = isPretty }))
            DropwizardMetrics.Write(json, figures, times);
        return Results.Bytes(body.ToArray(), "application/json");
    }

    private static bool WantsPrometheus(HttpRequest request) => request.GetTypedHeaders().Accept
        .Any(a => PrometheusTypes.Contains(a.MediaType.Value, StringComparer.OrdinalIgnoreCase));

    private static Task<IResult> ShowLevels(ChronosRequest request) =>
        Task.FromResult<IResult>(LogLevels.Page(request.Service<IConfiguration>(), ""));

    private static async Task<IResult> SetLevelAsync(ChronosRequest request)
    {
        if (!request.Http.Request.HasFormContentType)
            return ChronosError.BadRequest("Send the form fields logger and level.");
        var form = await request.Http.Request.ReadFormAsync(request.Aborted);
        var (logger, text) = (form["logger"].ToString(), form["level"].ToString());
        if (LogLevels.Parse(text) is not { } level)
            return ChronosError.Of(new Violation("level", text, "There is no such level.", LogLevels.Remedy));
        var configuration = request.Service<IConfiguration>();
        LogLevels.Set(configuration, logger, level);
        return LogLevels.Page(configuration, $"{LogLevels.NameOf(logger)} now logs at {level}.");
    }
}
