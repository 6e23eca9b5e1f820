namespace Chronos.Api;

/// <summary>Paths of the API. Constants are route templates; methods fill them in and escape names.</summary>
public static class Routes
{
    public const string Jobs = "/v1/jobs";
    public const string Job = "/v1/jobs/{name}";
    public const string JobEnable = "/v1/jobs/{name}/enable";
    public const string JobDisable = "/v1/jobs/{name}/disable";
    public const string JobKill = "/v1/jobs/{name}/kill";
    public const string JobMarkSuccess = "/v1/jobs/{name}/mark-success";
    public const string JobRuns = "/v1/jobs/{name}/runs";
    public const string JobSchedule = "/v1/jobs/{name}/schedule";
    public const string JobGraph = "/v1/jobs/{name}/graph";
    public const string JobDecisions = "/v1/jobs/{name}/decisions";
    public const string JobStatistics = "/v1/jobs/{name}/statistics";
    public const string JobBackfills = "/v1/jobs/{name}/backfills";
    public const string JobBackfill = "/v1/jobs/{name}/backfills/{id}";
    public const string JobCheck = "/v1/jobs:check";
    public const string BulkPut = "/v1/jobs:bulk";
    public const string BulkEnable = "/v1/jobs:enable";
    public const string BulkDisable = "/v1/jobs:disable";
    public const string BulkDelete = "/v1/jobs:delete";
    public const string BulkRun = "/v1/jobs:run";
    public const string BulkKill = "/v1/jobs:kill";
    public const string Runs = "/v1/runs";
    public const string RecentRuns = "/v1/runs:recent";
    public const string Run = "/v1/runs/{id}";
    public const string RunKill = "/v1/runs/{id}/kill";
    public const string RunRetry = "/v1/runs/{id}/retry";
    public const string RunComplete = "/v1/runs/{id}/complete";
    public const string RunProgress = "/v1/runs/{id}/progress";
    public const string RunLog = "/v1/runs/{id}/logs/{stream}";
    public const string SchedulePreview = "/v1/schedule:preview";
    public const string Graph = "/v1/graph";
    public const string Overview = "/v1/overview";
    public const string Upcoming = "/v1/upcoming";
    public const string Load = "/v1/load";
    public const string Events = "/v1/events";
    public const string Audit = "/v1/audit";
    public const string Info = "/v1/info";
    public const string Cluster = "/v1/cluster";

    /// <summary>What the leader tells the other nodes of the cluster, and nobody else.</summary>
    public const string Replication = "/v1/cluster/replication";
    public const string Engines = "/v1/engines";
    public const string Health = "/v1/health";
    public const string HealthLive = "/health/live";
    public const string HealthReady = "/health/ready";
    public const string OpenApi = "/openapi.json";
    public const string Docs = "/docs";
    public const string Metrics = "/metrics";

    /// <summary>Fills the <c>{…}</c> of a template with escaped values, in order.</summary>
    public static string Fill(string template, params ReadOnlySpan<string> values)
    {
        var path = template;
        foreach (var value in values)
        {
            var open = path.IndexOf('{', StringComparison.Ordinal);
            var close = path.IndexOf('}', StringComparison.Ordinal);
            if (open < 0) throw new ArgumentException($"'{template}' has fewer places than values.", nameof(values));
            path = $"{path[..open]}{Uri.EscapeDataString(value)}{path[(close + 1)..]}";
        }

        return path;
    }
}

/// <summary>Headers of the API that are its own.</summary>
public static class ApiHeaders
{
    public const string IdempotencyKey = "Idempotency-Key";
    public const string LogOffset = "Chronos-Log-Offset";
    public const string LogNext = "Chronos-Log-Next";
    public const string LogSize = "Chronos-Log-Size";
    public const string LogComplete = "Chronos-Log-Complete";

    /// <summary>Offsets between which output was dropped right before the part, such as <c>1048576-5242880</c>.
    /// </summary>
    public const string LogDropped = "Chronos-Log-Dropped";
}
