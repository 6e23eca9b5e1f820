using System.Diagnostics;
using Chronos.Bench.Ours;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using NodaTime;

namespace Chronos.Bench.Scenarios;

/// <summary>How cost grows with the number of jobs: memory, start, decisions, a page of the API.</summary>
internal static class GrowthScenario
{
    public const int DefaultJobs = 1_000_000;
    private const int FirstJobs = 1_000;
    private const int Pages = 200;
    private const int JobsPerCommand = 10_000;
    private const int Ticks = 10;
    private static readonly Actor Bench = new("bench", "");

    /// <summary>Measures 1,000 jobs and ten times as many each time, up to <paramref name="jobsMax"/>.</summary>
    public static async Task RunAsync(Table table, int jobsMax)
    {
        for (var jobs = FirstJobs; jobs <= jobsMax; jobs *= 10)
        {
            var memory = await MemoryScenario.OursAsync(jobs);
            var decision = DecisionTime(jobs);
            var folder = Directory.CreateTempSubdirectory("chronos-bench-").FullName;
            try
            {
                await using (var node = await BenchNode.StartAsync(new NoOpEngine(), folder))
                    await node.PutAsync(jobs, BenchNode.Hourly);
                using var server = await BenchServer.StartAsync(folder);
                var page = await PageTimeAsync(server.Client);
                var database = new FileInfo(Path.Join(folder, "chronos.db")).Length / 1024.0 / 1024;
                table.Add(
                    Table.Text($"{jobs:N0} jobs"),
                    Table.Text($"{memory:N0} B/job; server {server.ResidentMiB:N0} MiB; database {database:N0} MiB; ")
                    + Table.Text($"start {server.StartTime.TotalSeconds:0.0} s; decision {decision:0.0} µs; ")
                    + Table.Text($"page of 100 p99 {page:0.0} ms"));
                server.Stop();
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    // Time in microseconds of one decision: a job is due, its run is launched and its next occurrence found.
    private static double DecisionTime(int jobs)
    {
        var scheduler = new Scheduler(new());
        var now = SystemClock.Instance.GetCurrentInstant();
        for (var first = 0; first < jobs; first += JobsPerCommand)
        {
            var count = Math.Min(JobsPerCommand, jobs - first);
            var batch = Enumerable.Range(first, count).Select(BenchNode.Hourly).ToValueList();
            scheduler.Step(new(now, new PutJobs(batch, Bench)));
            scheduler.ClearOutput();
        }

        // Each tick decides at most a thousand; the later ones are as warm as a server that has run for a while.
        var times = new List<double>();
        for (var i = 0; i < Ticks * 10 && scheduler.NextDue is { } due; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            scheduler.Step(new(due, Tick.Instance));
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMicroseconds / scheduler.UnitEnds.Count);
            scheduler.ClearOutput();
        }

        return Table.Median(times.TakeLast(times.Count / 2));
    }

    private static async Task<double> PageTimeAsync(HttpClient client)
    {
        var times = new List<double>(Pages);
        for (var i = 0; i < Pages; i++)
        {
            var clock = Stopwatch.GetTimestamp();
            using var response = await client.GetAsync("/v1/jobs?limit=100");
            response.EnsureSuccessStatusCode();
            await response.Content.ReadAsByteArrayAsync();
            times.Add(Stopwatch.GetElapsedTime(clock).TotalMilliseconds);
        }

        times.Sort();
        return times[Pages * 99 / 100];
    }
}
