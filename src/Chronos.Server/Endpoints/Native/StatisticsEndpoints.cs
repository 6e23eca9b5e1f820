using Chronos.Api;
using Chronos.Core.Runs;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Auth;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Tells how jobs did and what is ahead, in numbers.</summary>
internal static class StatisticsEndpoints
{
    private const int RunsMax = 1000;
    private const int RecentJobsMax = 200;
    private const int RecentCountDefault = 12;
    private const int RecentCountMax = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Routes.Overview, OverviewAsync)
            .Describe(
                "getOverview", "Show how all jobs do", "Counts of jobs and runs, and recent results.", Role.Viewer)
            .Produces<ClusterOverview>();
        app.MapGet(Routes.JobStatistics, OfJobAsync)
            .Describe(
                "getStatistics", "Show how a job did", "Outcomes and percentiles of the latest 1000 runs that ended.",
                Role.Viewer)
            .Produces<RunStatistics>()
            .Fails(404);
        app.MapPost(Routes.RecentRuns, RecentAsync)
            .Describe(
                "listRecentRuns", "List the latest runs of several jobs", "Only those that ended; newest first.",
                Role.Viewer)
            .Accepts<RecentRunsRequest>("application/json")
            .Produces<RecentRunsList>()
            .Fails(400, 415);
        app.MapGet(Routes.Load, LoadAsync)
            .Describe(
                "getLoad", "Show the load ahead",
                "Starts by schedules, step by step; at most a minute old. Of very many jobs a sample is looked at.",
                Role.Viewer)
            .Query(
                new QueryParameter("hours", "How far to look, 1 to 1008; default 24; at most 3000 steps.")
                {
                    Type = QueryParameterType.Integer,
                },
                new QueryParameter("step", "How many minutes to count together, 1 to 60; default 1.")
                {
                    Type = QueryParameterType.Integer,
                },
                new QueryParameter("job", "Only of this job."))
            .Produces<LoadForecast>()
            .Fails(400, 404);
    }

    private static async Task<Ok<ClusterOverview>> OverviewAsync(HttpContext http, SchedulerNode node)
    {
        var recent = await node.History.ListRunsAsync(new() { Limit = RunsMax }, http.RequestAborted);
        var disabled = 0;
        var lastRuns = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in node.Jobs.Entries())
        {
            if (entry.Snapshot is not { } job) continue;
            if (job.Job.Disabled) disabled++;
            var last = job.State.LastRun is { } run ? Wire.Word(run.State) : "none";
            lastRuns[last] = lastRuns.GetValueOrDefault(last) + 1;
        }

        var active = node.Jobs.WithActiveRuns().SelectMany(job => job.State.ActiveRuns).ToList();
        var queued = active.Count(run => run.State == RunState.Queued);
        return TypedResults.Ok(new ClusterOverview
        {
            At = Wire.At(node.Now),
            OverdueFor = node.Health.OverdueFor.ToTimeSpan(),
            Jobs = node.Jobs.Count,
            Disabled = disabled,
            RunningRuns = active.Count - queued,
            QueuedRuns = queued,
            LastRuns = lastRuns,
            Recent = RunSummaries.Of(recent.Items),
        });
    }

    private static async Task<Ok<RunStatistics>> OfJobAsync(string name, HttpContext http, SchedulerNode node)
    {
        var page = await node.History.ListRunsAsync(
            new() { JobName = name, Limit = RunsMax }, http.RequestAborted);
        if (page.Items.Count == 0) node.Job(name); // says that there is none
        return TypedResults.Ok(RunSummaries.Of(page.Items));
    }

    private static async Task<Ok<RecentRunsList>> RecentAsync(HttpContext http, SchedulerNode node)
    {
        var request = await BodyReader.ReadAsync(http, ApiJson.Default.RecentRunsRequest);
        var jobs = request.Jobs ?? [];
        if (jobs.Count is 0 or > RecentJobsMax)
            throw Invalid("jobs", $"{jobs.Count}", $"It must hold 1 to {RecentJobsMax} names.");
        if (request.Count is < 1 or > RecentCountMax)
            throw Invalid("count", $"{request.Count}", $"It must be 1 to {RecentCountMax}.");
        var items = new List<RecentRuns>(jobs.Count);
        foreach (var job in jobs)
        {
            var query = new RunQuery { JobName = job, Limit = request.Count ?? RecentCountDefault };
            var page = await node.History.ListRunsAsync(query, http.RequestAborted);
            items.Add(new(job, page.Items.Select(record => RunSummaries.Short(record.Run)).ToList()));
        }

        return TypedResults.Ok(new RecentRunsList(items));
    }

    private static async Task<IResult> LoadAsync(HttpContext http, SchedulerNode node, LoadForecasts forecasts)
    {
        var query = new QueryReader(http);
        var hours = query.Integer("hours", 1, ForecastRange.HoursMax) ?? ForecastRange.HoursDefault;
        var range = new ForecastRange((int)hours, (int)(query.Integer("step", 1, ForecastRange.StepMax) ?? 1));
        if (range.Steps > ForecastRange.StepsMax)
            query.Refuse<int>(
                "hours", $"{hours}", $"They must be at most {ForecastRange.StepsMax} steps.", "Give a longer step.");
        query.ThrowIfRefused();
        return TypedResults.Ok(query.Text("job") is { } name
            ? forecasts.AheadOf(node.Job(name), range)
            : await forecasts.AheadAsync(range, http.RequestAborted));
    }

    private static ProblemException Invalid(string field, string value, string rule) =>
        new(ProblemFactory.Invalid([new RuleViolation(field, value, rule, "Ask for fewer, several times.")]));
}
