using System.Text.Json;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Leadership;
using Chronos.Server.Auth;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Graphs, statistics, and who leads.</summary>
internal static class ReportRoutes
{
    private static readonly string[] Statistics =
        ["75thPercentile", "95thPercentile", "98thPercentile", "99thPercentile", "median", "mean"];

    /// <summary>The routes.</summary>
    public static readonly IReadOnlyList<CompatibilityRoute> All =
    [
        new("GET", "/graph/dot", Role.Viewer, Dot),
        new("GET", "/graph/csv", Role.Viewer, Csv),
        new("GET", "/job/stat/{job}", Role.Viewer, JobStatisticsAsync),
        new("GET", "/stats/{percentile}", Role.Viewer, StatisticsAsync),
        new("GET", "/leader", Role.Viewer, Leader, AnswersHere: true),
    ];

    /// <summary>Tells the leader's address.</summary>
    public static Task<IResult> Leader(ChronosRequest request)
    {
        var elected = request.Service<ElectedNode>();
        var address = elected.OtherLeader is { } other
            ? new Uri(other.Member.Address).Authority
            : request.Options.LeaderAddress is { Length: > 0 } own ? own : request.Http.Request.Host.Value;
        return Task.FromResult<IResult>(ChronosJson.Of(json =>
        {
            json.WriteStartObject();
            json.WriteString("leader", address);
            json.WriteEndObject();
        }));
    }

    private static Task<IResult> Dot(ChronosRequest request) =>
        Task.FromResult(Results.Text(GraphText.Dot(request.Node.Jobs.InOrder())));

    private static Task<IResult> Csv(ChronosRequest request) =>
        Task.FromResult(Results.Text(GraphText.Csv(request.Node.Jobs.InOrder())));

    private static async Task<IResult> StatisticsAsync(ChronosRequest request)
    {
        var name = request.Path("percentile");
        if (RunTimeSample.Empty.Find(name) is null) return ChronosJson.Of(WriteNothing);
        var samples = await request.Service<RunTimes>().OfAllAsync(request.Aborted);
        var isTime = name != "count";
        var rows = request.Node.Jobs.InOrder()
            .Select(s => (s.Job.Name, Value: samples.GetValueOrDefault(s.Job.Name)?.Find(name) ?? 0))
            .OrderByDescending(r => r.Value)
            .ToList();
        return new ChronosJson(async (json, cancellationToken) =>
        {
            json.WriteStartArray();
            foreach (var (job, value) in rows)
            {
                json.WriteStartObject();
                json.WriteString("jobNameLabel", job);
                ChronosJson.WriteDouble(json, "time", isTime ? value / 1000 : value);
                json.WriteEndObject();
                await ChronosJson.SendAsync(json, cancellationToken);
            }

            json.WriteEndArray();
        });
    }

    private static void WriteNothing(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        json.WriteEndArray();
    }

    private static async Task<IResult> JobStatisticsAsync(ChronosRequest request)
    {
        var name = request.Path("job");
        if (request.Node.Jobs.Find(name) is not { } snapshot) return ChronosError.UnknownJob(name);
        var sample = await request.Service<RunTimes>().OfJobAsync(name, request.Aborted);
        var lines = await AttemptHistory.ReadAsync(
            request.Node.History, snapshot, request.Options.JobHistoryLimit, request.Aborted);
        return ChronosJson.Of(json =>
        {
            json.WriteStartObject();
            Write(json, sample);
            json.WriteStartArray("taskStatHistory");
            foreach (var line in lines) Write(json, line, snapshot, request.Server.DefaultZone);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, RunTimeSample sample)
    {
        json.WriteStartObject("histogram");
        foreach (var name in Statistics) ChronosJson.WriteDouble(json, name, sample.Find(name) ?? 0);
        json.WriteNumber("count", sample.Count);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AttemptLine line, JobSnapshot snapshot, DateTimeZone zone)
    {
        json.WriteStartObject();
        json.WriteString("taskId", line.TaskId);
        json.WriteString("jobName", snapshot.Job.Name);
        json.WriteString("slaveId", line.Agent);
        json.WriteString("startTime", AttemptLine.Format(line.StartedAt, zone));
        json.WriteString("endTime", AttemptLine.Format(line.EndedAt, zone));
        if (line.Duration() is { } duration) json.WriteString("duration", duration);
        json.WriteString("status", line.Status);
        if (line.Progress is { } progress) json.WriteNumber("numElementsProcessed", progress);
        json.WriteEndObject();
    }
}
