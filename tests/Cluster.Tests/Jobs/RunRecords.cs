using System.Text.Json;
using Chronos.Cluster.Tests.Nodes;
using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronos.Cluster.Tests.Jobs;

/// <summary>A run in a history.</summary>
/// <param name="Job">Name of the job.</param>
/// <param name="First">Its occurrence.</param>
/// <param name="Last">The last occurrence that the record stands for.</param>
/// <param name="State">How it ended.</param>
/// <param name="Reason">Why.</param>
internal sealed record RecordedRun(string Job, DateTimeOffset First, DateTimeOffset Last, string State, string Reason);

/// <summary>The histories of a cluster: the one that all nodes share, or those that they have each.</summary>
internal static class RunRecords
{
    private const int PageRuns = 1000;

    /// <summary>Reads a shared history through the nodes, which must run; or those in their folders, which must not.
    /// </summary>
    public static async Task<IReadOnlyList<RecordedRun>> ReadAsync(NodeCluster cluster)
    {
        var runs = new List<RecordedRun>();
        if (cluster.Store.HasHistory) await AskAsync(await cluster.LeaderAsync(), runs);
        foreach (var node in cluster.Nodes) await node.Process.TerminateAsync();
        if (!cluster.Store.HasHistory)
            foreach (var node in cluster.Nodes) await OpenAsync(node.DataFolder, runs);
        return runs;
    }

    private static async Task AskAsync(ChronosNode node, List<RecordedRun> runs)
    {
        for (string? after = ""; after is not null;)
        {
            var page = await node.GetAsync(
                $"/v1/runs?limit={PageRuns}" + (after.Length > 0 ? $"&after={Uri.EscapeDataString(after)}" : ""));
            runs.AddRange(page.GetProperty("items").EnumerateArray().Select(Parse));
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
    }

    private static RecordedRun Parse(JsonElement run)
    {
        var first = run.GetProperty("nominal").GetDateTimeOffset();
        return new(
            run.GetProperty("job").GetString() ?? "", first,
            run.TryGetProperty("missedUntil", out var last) ? last.GetDateTimeOffset() : first,
            run.GetProperty("state").GetString() ?? "",
            run.TryGetProperty("reason", out var reason) ? reason.GetString() ?? "" : "");
    }

    private static async Task OpenAsync(string folder, List<RecordedRun> runs)
    {
        await using var database = await SqliteDatabase.OpenAsync(
            new() { Folder = folder }, NullLogger<SqliteDatabase>.Instance, default);
        await using var history = new SqliteRunHistory(database);
        string? after = null;
        do
        {
            var page = await history.ListRunsAsync(new() { Limit = PageRuns, After = after }, default);
            runs.AddRange(page.Items.Select(Convert));
            after = page.Next;
        }
        while (after is not null);
    }

    private static RecordedRun Convert(RunRecord record)
    {
        var run = record.Run;
        var first = run.Nominal.ToDateTimeOffset();
        return new(
            record.JobName, first, run.Range is { } range ? range.Last.ToDateTimeOffset() : first,
            JsonNamingPolicy.CamelCase.ConvertName(run.State.ToString()), run.Reason);
    }
}
