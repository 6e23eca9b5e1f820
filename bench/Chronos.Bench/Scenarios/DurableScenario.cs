using Chronos.Bench.Ours;
using Chronos.Bench.Peers;
using Chronos.Runtime.Ports;
using NodaTime;
using Quartz;

namespace Chronos.Bench.Scenarios;

/// <summary>The same with every decision on the disk before it is acted on, and each run kept in the history: against
/// Quartz.NET on PostgreSQL, and against the limit, a bare loop that writes the very rows that we wrote into SQLite.
/// </summary>
internal static class DurableScenario
{
    public const int DefaultJobs = 50_000;
    private const int Rounds = 3;
    private const int PeerShare = 25; // the peer gets one job for so many of ours

    public static async Task RunAsync(Table table, int jobs)
    {
        // The first run warms up, and gives the rows for the bare loop; keeping them costs time, which is not counted.
        RecordingStore? recording = null;
        var firstOfRuns = 0;
        await OursAsync(jobs, store => recording = new(store), () => firstOfRuns = recording!.Batches.Count);
        SqliteRows.Measure(recording!.Batches, firstOfRuns, jobs);
        List<double> ours = [], limit = [];
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(await OursAsync(jobs));
            limit.Add(SqliteRows.Measure(recording.Batches, firstOfRuns, jobs));
        }

        var median = Table.Median(ours);
        table.AddRates(
            Table.Text($"durable runs, {jobs:N0} due at once, SQLite; the same rows by a bare loop"),
            median, Table.Median(limit), "0.5 ×, 30,000/s");
        if (await PeerAsync(Math.Max(100, jobs / PeerShare)) is { } peer)
            table.AddRates("durable runs; Quartz.NET 4 on PostgreSQL", median, peer, "60 ×");
        else
            table.Add("durable runs; PostgreSQL is not installed", Table.Rate(median));
    }

    private static async Task<double> OursAsync(
        int jobs, Func<IStateStore, IStateStore>? wrap = null, Action? created = null)
    {
        var folder = Directory.CreateTempSubdirectory("chronos-bench-").FullName;
        try
        {
            var engine = new NoOpEngine();
            await using var node = await BenchNode.StartAsync(engine, folder, wrap);
            var due = SystemClock.Instance.GetCurrentInstant() + Duration.FromSeconds(2 + (jobs / 10_000.0));
            await node.PutAsync(jobs, i => BenchNode.Repeating(i, due, "PT1H"));
            created?.Invoke();
            var done = engine.EndOf(jobs);
            await MeasureStart.WaitUntilAsync(due);
            await done;
            return jobs / (SystemClock.Instance.GetCurrentInstant() - due).TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double?> PeerAsync(int jobs)
    {
        await using var postgres = await PostgresServer.StartAsync();
        if (postgres is null) return null;
        await using var quartz = await QuartzPeer.OnPostgresAsync(postgres.ConnectionString);
        var due = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(5 + (jobs / 80.0));
        await quartz.ScheduleAsync(jobs, _ => due, () => SimpleScheduleBuilder.Create()
                .WithInterval(TimeSpan.FromHours(1)).RepeatForever());
        await quartz.StartAsync();
        var done = QuartzPeer.NoOpJob.StartOf(jobs);
        await MeasureStart.WaitUntilAsync(Instant.FromDateTimeOffset(due));
        await done;
        return jobs / (DateTimeOffset.UtcNow - due).TotalSeconds;
    }
}
