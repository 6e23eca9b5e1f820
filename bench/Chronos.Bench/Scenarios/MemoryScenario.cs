using System.Diagnostics;
using Chronos.Bench.Ours;
using Chronos.Bench.Peers;
using Quartz;

namespace Chronos.Bench.Scenarios;

/// <summary>Managed memory per hourly cron job, after a start with that many in the store. The documents of the store
/// are not counted; with SQLite they are on the disk.</summary>
internal static class MemoryScenario
{
    private static readonly int[] Counts = [100_000, 1_000_000];

    public static async Task RunAsync(Table table, int jobs)
    {
        foreach (var count in jobs > 0 ? [jobs] : Counts)
        {
            var ours = await OursAsync(count);
            var peer = await PeerAsync(count);
            table.Add(
                Table.Text($"memory per hourly cron job, {count:N0} jobs; Quartz.NET 4 RAM store"),
                Table.Text($"{ours:N0} B"), Table.Text($"{peer:N0} B"), Table.Times(ours / peer),
                count == Counts[^1] ? "≤ 500 B" : "–");
        }
    }

    /// <summary>Bytes per job of a node that has loaded them.</summary>
    public static async Task<double> OursAsync(int jobs)
    {
        var store = new MemoryStore();
        await FillAsync(store, jobs);
        var before = await SettledAsync();
        await using var node = await BenchNode.StartAsync(new NoOpEngine(), store);
        var after = await SettledAsync();
        return (double)(after - before) / jobs;
    }

    private static async Task FillAsync(MemoryStore store, int jobs)
    {
        await using var first = await BenchNode.StartAsync(new NoOpEngine(), store);
        await first.PutAsync(jobs, BenchNode.Hourly);
    }

    private static async Task<double> PeerAsync(int jobs)
    {
        var before = await SettledAsync();
        await using var quartz = await QuartzPeer.InMemoryAsync();
        var hourly = $"0 {(DateTime.UtcNow.Minute + 30) % 60} * * * ?";
        await quartz.ScheduleAsync(
            jobs, _ => DateTimeOffset.UtcNow,
            () => CronScheduleBuilder.Create(hourly).InTimeZone(TimeZoneInfo.Utc));
        var after = await SettledAsync();
        return (double)(after - before) / jobs;
    }

    /// <summary>Managed memory in bytes, once threads and timers that are about to end hold nothing any more.</summary>
    private static async Task<long> SettledAsync()
    {
        var (before, now) = (0L, long.MaxValue);
        while (Math.Abs(now - before) > now / 100)
        {
            before = now;
            await Task.Delay(TimeSpan.FromSeconds(0.5));
            now = GC.GetTotalMemory(forceFullCollection: true);
        }

        return now;
    }
}
