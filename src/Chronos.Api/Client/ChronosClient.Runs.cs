using System.Net;
using System.Runtime.CompilerServices;

namespace Chronos.Api;

public sealed partial class ChronosClient
{
    /// <summary>One page of runs.</summary>
    public Task<RunPage> ListRunsAsync(RunListQuery query, CancellationToken cancellationToken) =>
        GetAsync(PathOf(query), ApiJson.Default.RunPage, cancellationToken);

    /// <summary>All runs that match, page after page.</summary>
    public async IAsyncEnumerable<RunDocument> ListAllRunsAsync(
        RunListQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = query with { Limit = query.Limit ?? 1000 };
        while (true)
        {
            var runs = await ListRunsAsync(page, cancellationToken);
            foreach (var run in runs.Items) yield return run;
            if (runs.Next is null) yield break;
            page = page with { After = runs.Next };
        }
    }

    /// <summary>One run.</summary>
    public Task<RunDocument> GetRunAsync(string id, CancellationToken cancellationToken) =>
        GetAsync(Routes.Fill(Routes.Run, id), ApiJson.Default.RunDocument, cancellationToken);

    /// <summary>Starts a run by hand. A run that is skipped at once is a <see cref="ChronosApiException"/> with status
    /// 409 whose problem carries the run.</summary>
    /// <param name="job">The job.</param>
    /// <param name="start">Arguments and variables of this run.</param>
    /// <param name="idempotencyKey">The same key gives the same run, so the call may be repeated; null: none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<StartedRun> StartRunAsync(
        string job, StartRunRequest start, string? idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.Fill(Routes.JobRuns, job));
        request.Content = Json(start, ApiJson.Default.StartRunRequest);
        return await SendForRunAsync(request, idempotencyKey, cancellationToken);
    }

    /// <summary>Repeats a run that has ended.</summary>
    public async Task<StartedRun> RetryRunAsync(
        string id, string? idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.Fill(Routes.RunRetry, id));
        return await SendForRunAsync(request, idempotencyKey, cancellationToken);
    }

    /// <summary>Asks for the end of a run.</summary>
    public Task KillRunAsync(string id, CancellationToken cancellationToken) =>
        PostAsync(Routes.Fill(Routes.RunKill, id), null, cancellationToken);

    /// <summary>Asks for the end of all active runs of a job.</summary>
    public Task KillJobRunsAsync(string job, CancellationToken cancellationToken) =>
        PostAsync(Routes.Fill(Routes.JobKill, job), null, cancellationToken);

    /// <summary>The completion callback of an async job.</summary>
    public Task CompleteRunAsync(string id, CompleteRunRequest request, CancellationToken cancellationToken) =>
        PostAsync(
            Routes.Fill(Routes.RunComplete, id),
            Json(request, ApiJson.Default.CompleteRunRequest),
            cancellationToken);

    /// <summary>Adds to the elements a run has processed.</summary>
    public Task AddProgressAsync(string id, long elements, CancellationToken cancellationToken) =>
        PostAsync(
            Routes.Fill(Routes.RunProgress, id),
            Json(new ProgressRequest(elements), ApiJson.Default.ProgressRequest),
            cancellationToken);

    /// <summary>Counts a job as succeeded now, without running it.</summary>
    public Task MarkSuccessAsync(string job, CancellationToken cancellationToken) =>
        PostAsync(Routes.Fill(Routes.JobMarkSuccess, job), null, cancellationToken);

    private async Task<StartedRun> SendForRunAsync(
        HttpRequestMessage request, string? idempotencyKey, CancellationToken cancellationToken)
    {
        if (idempotencyKey is not null) request.Headers.Add(ApiHeaders.IdempotencyKey, idempotencyKey);
        using var response = await SendAsync(request, cancellationToken);
        var run = await ReadAsync(response, ApiJson.Default.RunDocument, cancellationToken);
        return new(run, response.StatusCode == HttpStatusCode.Created);
    }

    private static string PathOf(RunListQuery query) => new QueryText(Routes.Runs)
        .Add("job", query.Job).AddAll("state", query.States).Add("from", query.From).Add("until", query.Until)
        .Add("label", query.Label).Add("limit", query.Limit).Add("after", query.After).ToString();
}
