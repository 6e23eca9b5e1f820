using System.Diagnostics;
using Chronos.Bench.Ours;
using Chronos.Bench.Peers;
using NodaTime;
using Quartz;

namespace Chronos.Bench.Scenarios;

/// <summary>How many tasks that do nothing a scheduler starts and ends in a second: repeating jobs, all due at the same
/// moment, everything in memory. A run of ours counts once its end is stored; one of Quartz once it has begun.
/// </summary>
internal static class FiringScenario
{
    public const int DefaultJobs = 100_000;
    private const int TrialJobs = 1_000; // fewer only try whether the program works
    private const int Rounds = 9; // the first warms up; single ones differ by a fifth

    public static async Task RunAsync(Table table, int jobs)
    {
        List<double> ours = [], peer = [];
        var warm = jobs < TrialJobs ? 0 : 1;
        for (var round = 0; round < (jobs < TrialJobs ? 1 : Rounds); round++)
        {
            ours.Add(await OursAsync(jobs));
            peer.Add(await PeerAsync(jobs));
        }

        table.AddRates(
            Table.Text($"no-op runs, {jobs:N0} due at once, memory; Quartz.NET 4 RAM store"),
            Table.Median(ours.Skip(warm)), Table.Median(peer.Skip(warm)), "–");
        table.AddRates(
            "decisions of these (start and end of each run); firings of the peer",
            2 * Table.Median(ours.Skip(warm)), Table.Median(peer.Skip(warm)), "5 ×");
    }

    private static async Task<double> OursAsync(int jobs)
    {
        var engine = new NoOpEngine();
        await using var node = await BenchNode.StartAsync(engine, new MemoryStore());
        var due = SystemClock.Instance.GetCurrentInstant() + Duration.FromSeconds(3 + (jobs / 25_000.0));
        await node.PutAsync(jobs, i => BenchNode.Repeating(i, due, "PT1H"));
        var done = engine.EndOf(jobs);
        await MeasureStart.WaitUntilAsync(due);
        await done;
        return jobs / (SystemClock.Instance.GetCurrentInstant() - due).TotalSeconds;
    }

    private static async Task<double> PeerAsync(int jobs)
    {
        await using var quartz = await QuartzPeer.InMemoryAsync();
        var due = DateTimeOffset.UtcNow + TimeSpan.FromSeconds(3 + (jobs / 25_000.0));
        await quartz.ScheduleAsync(jobs, _ => due, () => SimpleScheduleBuilder.Create()
                .WithInterval(TimeSpan.FromHours(1)).RepeatForever());
        await quartz.StartAsync();
        var done = QuartzPeer.NoOpJob.StartOf(jobs);
        await MeasureStart.WaitUntilAsync(Instant.FromDateTimeOffset(due));
        await done;
        return jobs / (DateTimeOffset.UtcNow - due).TotalSeconds;
    }
}
