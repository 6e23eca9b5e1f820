using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Chronos.Bench.Ours;

namespace Chronos.Bench.Scenarios;

/// <summary>A real server under load: several clients read pages and single jobs and create jobs, all at once.
/// </summary>
internal static class ApiScenario
{
    public const int DefaultJobs = 100_000;
    private const int Clients = 8;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Table table, int jobs)
    {
        var folder = Directory.CreateTempSubdirectory("chronos-bench-").FullName;
        try
        {
            await using (var node = await BenchNode.StartAsync(new NoOpEngine(), folder))
                await node.PutAsync(jobs, BenchNode.Hourly);
            using var server = await BenchServer.StartAsync(folder);
            await LoadAsync(server.Client, jobs, TimeSpan.FromSeconds(2)); // warms up
            var times = await LoadAsync(server.Client, jobs, Time);
            foreach (var (kind, aim) in new[] { ("page", "p99 ≤ 20 ms"), ("job", "–"), ("create", "p99 ≤ 5 ms") })
            {
                var sorted = times[kind].Order().ToArray();
                table.Add(
                    Table.Text($"API, {jobs:N0} jobs, {Clients} clients at once: {kind}, p50 / p99, rate"),
                    Table.Text($"{sorted[sorted.Length / 2]:0.0} / {sorted[sorted.Length * 99 / 100]:0.0} ms, ")
                    + Table.Rate(sorted.Length / Time.TotalSeconds), aim: aim);
            }

            server.Stop();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Dictionary<string, ConcurrentBag<double>>> LoadAsync(
        HttpClient client, int jobs, TimeSpan time)
    {
        var times = new Dictionary<string, ConcurrentBag<double>> { ["page"] = [], ["job"] = [], ["create"] = [] };
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async number =>
        {
            var random = new Random(number);
            var after = "";
            for (var i = 0; Stopwatch.GetElapsedTime(began) < time; i++)
            {
                var kind = i % 10 == 0 ? "create" : i % 2 == 0 ? "page" : "job";
                var clock = Stopwatch.GetTimestamp();
                switch (kind)
                {
                    case "create":
                        await CreateAsync(client, $"api-{number}-{i % 100}");
                        break;
                    case "page":
                        after = await NextAsync(client, after);
                        break;
                    default:
                        await client.GetByteArrayAsync($"/v1/jobs/{BenchNode.Hourly(random.Next(jobs)).Name}");
                        break;
                }

                times[kind].Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            }
        }));
        return times;
    }

    // Each client walks through the pages, each from where the last one ended.
    private static async Task<string> NextAsync(HttpClient client, string after)
    {
        var page = await client.GetByteArrayAsync(
            $"/v1/jobs?limit=100{(after.Length == 0 ? "" : "&after=" + Uri.EscapeDataString(after))}");
        using var document = JsonDocument.Parse(page);
        return document.RootElement.TryGetProperty("next", out var next) ? next.GetString() ?? "" : "";
    }

    private static async Task CreateAsync(HttpClient client, string name)
    {
        using var response = await client.PutAsJsonAsync(
            $"/v1/jobs/{name}", new { name, schedule = "0 0 1 1 *", command = "true" });
        response.EnsureSuccessStatusCode();
    }
}
