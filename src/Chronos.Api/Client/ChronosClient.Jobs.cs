using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chronos.Api;

public sealed partial class ChronosClient
{
    /// <summary>One page of jobs.</summary>
    public Task<JobPage> ListJobsAsync(JobQuery query, CancellationToken cancellationToken) =>
        GetAsync(PathOf(query), ApiJson.Default.JobPage, cancellationToken);

    /// <summary>All jobs that match, page after page.</summary>
    public async IAsyncEnumerable<JobSummary> ListAllJobsAsync(
        JobQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = query with { Limit = query.Limit ?? 10_000 };
        var coming = ListJobsAsync(page, cancellationToken);
        while (true)
        {
            var jobs = await coming;
            // The server makes the next page while this one is used.
            if (jobs.Next is not null)
                coming = ListJobsAsync(page with { After = jobs.Next }, cancellationToken);
            foreach (var job in jobs.Items) yield return job;
            if (jobs.Next is null) yield break;
        }
    }

    /// <summary>A job with its definition and status.</summary>
    public async Task<JobDocument> GetJobAsync(string name, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Fill(Routes.Job, name));
        return await SendForJobAsync(request, cancellationToken);
    }

    /// <summary>A job, or null where there is none.</summary>
    public Task<JobDocument?> FindJobAsync(string name, CancellationToken cancellationToken) =>
        OrNullAsync(GetJobAsync(name, cancellationToken));

    /// <summary>Creates or replaces a job.</summary>
    /// <param name="name">The name; the definition's must be the same.</param>
    /// <param name="definition">The definition as JSON.</param>
    /// <param name="ifMatch">Only if the job has this <see cref="JobDocument.ETag"/>; <c>""</c>: only if there is no
    /// such job; null: always.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JobDocument> PutJobAsync(
        string name, JsonNode definition, string? ifMatch, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Routes.Fill(Routes.Job, name));
        request.Content = JsonBytes(Encoding.UTF8.GetBytes(definition.ToJsonString()));
        AddCondition(request, ifMatch);
        return await SendForJobAsync(request, cancellationToken);
    }

    /// <summary>Changes fields of a job by a JSON merge patch (RFC 7396).</summary>
    public async Task<JobDocument> PatchJobAsync(
        string name, JsonNode patch, string? ifMatch, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, Routes.Fill(Routes.Job, name));
        request.Content = JsonBytes(Encoding.UTF8.GetBytes(patch.ToJsonString()));
        request.Content.Headers.ContentType = new("application/merge-patch+json");
        AddCondition(request, ifMatch);
        return await SendForJobAsync(request, cancellationToken);
    }

    /// <summary>Deletes a job and kills its runs.</summary>
    /// <param name="name">The job.</param>
    /// <param name="cascade">For its children: refuse, inherit, detach or delete; null: refuse.</param>
    /// <param name="ifMatch">Only if the job has this <see cref="JobDocument.ETag"/>; null: always.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DeleteJobAsync(
        string name, string? cascade, string? ifMatch, CancellationToken cancellationToken)
    {
        var path = new QueryText(Routes.Fill(Routes.Job, name)).Add("cascade", cascade).ToString();
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        AddCondition(request, ifMatch);
        using var response = await SendAsync(request, cancellationToken);
    }

    /// <summary>Lets a job start again.</summary>
    public Task EnableJobAsync(string name, CancellationToken cancellationToken) =>
        PostAsync(Routes.Fill(Routes.JobEnable, name), null, cancellationToken);

    /// <summary>Keeps a job from starting.</summary>
    public Task DisableJobAsync(string name, string? reason, CancellationToken cancellationToken) =>
        PostAsync(
            Routes.Fill(Routes.JobDisable, name),
            Json(new DisableRequest(reason), ApiJson.Default.DisableRequest),
            cancellationToken);

    /// <summary>Creates or replaces many jobs, all or none.</summary>
    /// <param name="definitions">A JSON array of definitions in any order, as UTF-8.</param>
    /// <param name="dryRun">Only checks them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<BulkPutResult> PutJobsAsync(
        ReadOnlyMemory<byte> definitions, bool dryRun, CancellationToken cancellationToken) =>
        PostAsync(
            new QueryText(Routes.BulkPut).Add("dryRun", dryRun ? true : null).ToString(),
            JsonBytes(definitions),
            ApiJson.Default.BulkPutResult,
            cancellationToken);

    /// <summary>Enables, disables, deletes or runs many jobs.</summary>
    /// <param name="route">One of <see cref="Routes.BulkEnable"/>, <see cref="Routes.BulkDisable"/>,
    /// <see cref="Routes.BulkDelete"/> and <see cref="Routes.BulkRun"/>.</param>
    /// <param name="request">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<BulkActionResult> BulkAsync(
        string route, BulkActionRequest request, CancellationToken cancellationToken) =>
        PostAsync(
            route,
            Json(request, ApiJson.Default.BulkActionRequest),
            ApiJson.Default.BulkActionResult,
            cancellationToken);

    private async Task<JobDocument> SendForJobAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        var document = await ReadAsync(response, ApiJson.Default.JsonObject, cancellationToken);
        var status = document["status"].Deserialize(ApiJson.Default.JobStatus) ?? new JobStatus();
        document.Remove("status");
        var tag = response.Headers.ETag?.ToString() ?? "";
        return new(document, status, tag, response.StatusCode == HttpStatusCode.Created);
    }

    private static void AddCondition(HttpRequestMessage request, string? ifMatch)
    {
        if (ifMatch is null) return;
        if (ifMatch.Length == 0) request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        else request.Headers.IfMatch.Add(EntityTagHeaderValue.Parse(ifMatch));
    }

    private static string PathOf(JobQuery query) => new QueryText(Routes.Jobs)
        .Add("name", query.Name).Add("owner", query.Owner).AddAll("label", query.Labels)
        .Add("state", query.State).Add("lastRun", query.LastRun).Add("disabled", query.Disabled)
        .Add("parent", query.Parent).Add("q", query.Text).Add("sort", query.Sort)
        .Add("limit", query.Limit).Add("after", query.After).ToString();
}
