namespace Chronos.Api;

public sealed partial class ChronosClient
{
    /// <summary>The next occurrences of a job.</summary>
    public Task<SchedulePreview> GetScheduleAsync(
        string job, int? count, DateTimeOffset? from, CancellationToken cancellationToken) =>
        GetAsync(
            new QueryText(Routes.Fill(Routes.JobSchedule, job)).Add("count", count).Add("from", from).ToString(),
            ApiJson.Default.SchedulePreview,
            cancellationToken);

    /// <summary>The next occurrences of a schedule that is not saved.</summary>
    public Task<SchedulePreview> PreviewScheduleAsync(
        SchedulePreviewRequest request, CancellationToken cancellationToken) =>
        PostAsync(
            Routes.SchedulePreview,
            Json(request, ApiJson.Default.SchedulePreviewRequest),
            ApiJson.Default.SchedulePreview,
            cancellationToken);

    /// <summary>All jobs and what starts them.</summary>
    public Task<JobGraph> GetGraphAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Graph, ApiJson.Default.JobGraph, cancellationToken);

    /// <summary>A job with everything upstream and downstream of it.</summary>
    public Task<JobGraph> GetJobGraphAsync(string job, CancellationToken cancellationToken) =>
        GetAsync(Routes.Fill(Routes.JobGraph, job), ApiJson.Default.JobGraph, cancellationToken);

    /// <summary>The graph of all jobs, or of one's neighbourhood, as text.</summary>
    /// <param name="job">The job; null: all.</param>
    /// <param name="format">dot or csv.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> GetGraphTextAsync(string? job, string format, CancellationToken cancellationToken)
    {
        var path = job is null ? Routes.Graph : Routes.Fill(Routes.JobGraph, job);
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new QueryText(path).Add("format", format).ToString());
        using var response = await SendAsync(request, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>What was decided about a job and why, newest first.</summary>
    public Task<DecisionPage> ListDecisionsAsync(
        string job, int? limit, string? after, CancellationToken cancellationToken) =>
        GetAsync(
            new QueryText(Routes.Fill(Routes.JobDecisions, job)).Add("limit", limit).Add("after", after).ToString(),
            ApiJson.Default.DecisionPage,
            cancellationToken);

    /// <summary>Runs the occurrences of a range.</summary>
    public Task<BackfillDocument> StartBackfillAsync(
        string job, StartBackfillRequest request, CancellationToken cancellationToken) =>
        PostAsync(
            Routes.Fill(Routes.JobBackfills, job),
            Json(request, ApiJson.Default.StartBackfillRequest),
            ApiJson.Default.BackfillDocument,
            cancellationToken);

    /// <summary>The backfills of a job that have not ended.</summary>
    public Task<BackfillList> ListBackfillsAsync(string job, CancellationToken cancellationToken) =>
        GetAsync(Routes.Fill(Routes.JobBackfills, job), ApiJson.Default.BackfillList, cancellationToken);

    /// <summary>Stops a backfill; its active runs go on.</summary>
    public async Task CancelBackfillAsync(string job, string id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, Routes.Fill(Routes.JobBackfill, job, id));
        using var response = await SendAsync(request, cancellationToken);
    }

    /// <summary>Who changed what, newest first.</summary>
    public Task<AuditPage> ListAuditAsync(
        string? job, int? limit, string? after, CancellationToken cancellationToken) =>
        GetAsync(
            new QueryText(Routes.Audit).Add("job", job).Add("limit", limit).Add("after", after).ToString(),
            ApiJson.Default.AuditPage,
            cancellationToken);

    /// <summary>What the server is.</summary>
    public Task<NodeDescription> GetInfoAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Info, ApiJson.Default.NodeDescription, cancellationToken);

    /// <summary>How the server does.</summary>
    public Task<HealthReport> GetHealthAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Health, ApiJson.Default.HealthReport, cancellationToken);
}
