using System.Diagnostics;
using System.Net.Http.Json;
using Chronos.Bench.Ours;

namespace Chronos.Bench.Scenarios;

/// <summary>How a real server does with many hourly jobs.</summary>
internal static class ScaleScenario
{
    public const int DefaultJobs = 100_000;
    private const int ImportBatch = 10_000;
    private const int Pages = 1000;
    private const int Creates = 500;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(Table table, int jobs, bool kill = false)
    {
        var folder = Directory.CreateTempSubdirectory("chronos-bench-").FullName;
        try
        {
            using (var empty = await BenchServer.StartAsync(folder))
            {
                Print("start, empty", empty.StartTime.TotalMilliseconds, "ms");
                await ImportAsync(empty.Client, jobs);
                await PagesAsync(empty.Client, jobs);
                await CreatesAsync(empty.Client);
                Print("resident memory after import", empty.ResidentMiB, "MiB");
                if (kill) empty.Kill();
                else empty.Stop();
            }

            using var full = await BenchServer.StartAsync(folder);
            Print($"start to ready, {jobs:N0} jobs", full.StartTime.TotalMilliseconds, "ms");
            await PagesAsync(full.Client, jobs);
            Print("resident memory after start", full.ResidentMiB, "MiB");
            await IdleAsync(full);
            full.Stop();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ImportAsync(HttpClient client, int jobs)
    {
        var clock = Stopwatch.StartNew();
        for (var first = 0; first < jobs; first += ImportBatch)
        {
            var batch = Enumerable.Range(first, Math.Min(ImportBatch, jobs - first)).Select(Definition);
            using var response = await client.PostAsJsonAsync("/v1/jobs:bulk", batch);
            response.EnsureSuccessStatusCode();
        }

        Print($"import of {jobs:N0} jobs", clock.Elapsed.TotalSeconds, "s");
    }

    // Hourly, in the half of the hour in which the scenario does not run, so that idle means idle.
    private static readonly string Hourly = $"{(DateTime.UtcNow.Minute + 30) % 60} * * * *";

    private static object Definition(int i) =>
        new { name = $"job-{i:0000000}", schedule = Hourly, command = $"echo {i}" };

    private static async Task PagesAsync(HttpClient client, int jobs)
    {
        var times = new List<double>(Pages);
        var random = new Random(1);
        for (var i = 0; i < Pages; i++)
        {
            var from = $"job-{random.Next(jobs):0000000}"[..9];
            var clock = Stopwatch.GetTimestamp();
            using var response = await client.GetAsync($"/v1/jobs?limit=100&name={from}");
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync();
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
        }

        Quantiles("page of 100 filtered by name", times);
        times.Clear();
        string? after = null;
        for (var i = 0; i < Pages; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            var page = await client.GetFromJsonAsync<System.Text.Json.JsonElement>(
                $"/v1/jobs?limit=100{(after is null ? "" : "&after=" + Uri.EscapeDataString(after))}");
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
            after = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        Quantiles("page of 100, one after the other", times);
    }

    private static async Task CreatesAsync(HttpClient client)
    {
        var times = new List<double>(Creates);
        for (var i = 0; i < Creates; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            using var response = await client.PutAsJsonAsync(
                $"/v1/jobs/single-{i}", new { name = $"single-{i}", schedule = Hourly, command = "true" });
            response.EnsureSuccessStatusCode();
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
        }

        Quantiles("create of one job, durable", times);
    }

    private static async Task IdleAsync(BenchServer server)
    {
        await Task.Delay(TimeSpan.FromSeconds(10)); // the runtime settles: tiered compilation, a last collection
        var before = server.ProcessorTime;
        var clock = Stopwatch.StartNew();
        await Task.Delay(IdleTime);
        Print("idle", (server.ProcessorTime - before) / clock.Elapsed * 100, "% of a core");
    }

    private static void Quantiles(string what, List<double> times)
    {
        times.Sort();
        Print($"{what}, p50", times[times.Count / 2], "ms");
        Print($"{what}, p99", times[times.Count * 99 / 100], "ms");
    }

    private static void Print(string what, double value, string unit) =>
        Console.WriteLine($"{what,-45} {value,10:0.00} {unit}");
}
