using System.Text.Json;
using Chronos.Testing;
using Xunit;

namespace Chronos.Integration.Tests.Server;

/// <summary>A start that a task has told of itself.</summary>
internal sealed record TaskStart(string Job, DateTimeOffset Nominal, string Attempt);

/// <summary>Holds what tasks themselves told against what the history says: every occurrence has run exactly once, or
/// is recorded as skipped or missed with a reason; and no attempt was started twice.</summary>
/// <param name="jobs">Name and period in seconds of each job.</param>
/// <param name="start">The first occurrence of all jobs.</param>
internal sealed class OccurrenceAudit(IReadOnlyList<(string Name, int Period)> jobs, DateTimeOffset start)
{
    /// <summary>Disables all jobs, and waits until nothing runs.</summary>
    /// <returns>A moment up to which everything was decided.</returns>
    internal async Task<DateTimeOffset> StopJobsAsync(ServerProcess server)
    {
        await Task.Delay(3000); // time for what was missed last
        var end = DateTimeOffset.UtcNow.AddSeconds(-2.5);
        await server.SendAsync(HttpMethod.Post, "/v1/jobs:disable", new { names = jobs.Select(job => job.Name) });
        await Wait.UntilAsync(async () =>
            (await server.GetAsync("/v1/jobs?state=running&limit=1")).GetProperty("total").GetInt32() == 0 &&
            (await server.GetAsync("/v1/jobs?state=queued&limit=1")).GetProperty("total").GetInt32() == 0);
        return end;
    }

    internal async Task<Dictionary<string, List<JsonElement>>> ReadHistoryAsync(ServerProcess server)
    {
        var history = new Dictionary<string, List<JsonElement>>();
        foreach (var (name, _) in jobs)
        {
            var runs = history[name] = [];
            for (string? after = ""; after is not null;)
            {
                var page = await server.GetAsync($"/v1/jobs/{name}/runs?limit=1000"
                    + (after.Length > 0 ? $"&after={Uri.EscapeDataString(after)}" : ""));
                runs.AddRange(page.GetProperty("items").EnumerateArray());
                after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
            }
        }

        return history;
    }

    /// <returns>How many occurrences ended in which state.</returns>
    internal string Check(
        DateTimeOffset end, IReadOnlyList<TaskStart> ran, Dictionary<string, List<JsonElement>> history)
    {
        Assert.Empty(ran.GroupBy(s => s.Attempt).Where(g => g.Count() > 1).Select(g => $"{g.Key} started twice"));
        var started = ran.ToLookup(s => (s.Job, s.Nominal));
        var counts = new SortedDictionary<string, int>();
        foreach (var (name, period) in jobs)
        {
            for (var due = start; due <= end; due = due.AddSeconds(period))
            {
                var run = Assert.Single(history[name], r => Covers(r, due));
                var state = run.GetProperty("state").GetString() ?? "";
                counts[state] = counts.GetValueOrDefault(state) + 1;
                var (expected, times) = (state is "skipped" or "missed" ? 0 : 1, started[(name, due)].Count());
                Assert.True(times == expected, $"{name} {due:O} is {state}, started {times}×");
                if (expected == 0) Assert.NotEqual("", run.GetProperty("reason").GetString());
                else Assert.Equal("succeeded", state);
            }
        }

        Assert.True(counts["succeeded"] > jobs.Count, "Hardly anything ran; the test has shown nothing.");
        return string.Join(", ", counts.Select(c => $"{c.Value} {c.Key}"));
    }

    private static bool Covers(JsonElement run, DateTimeOffset due)
    {
        var first = run.GetProperty("nominal").GetDateTimeOffset();
        if (first == due) return true;
        return run.TryGetProperty("missedUntil", out var last) && last.ValueKind == JsonValueKind.String &&
            first < due && due <= last.GetDateTimeOffset();
    }
}
