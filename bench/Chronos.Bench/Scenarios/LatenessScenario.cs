using Chronos.Bench.Ours;
using Chronos.Bench.Peers;
using NodaTime;
using Quartz;

namespace Chronos.Bench.Scenarios;

/// <summary>How long after its due time a task starts, at steady rates: as many jobs as starts a second, each due once
/// a second, evenly spread over it.</summary>
internal static class LatenessScenario
{
    private const int Seconds = 8;
    private const int WarmSeconds = 3; // left out
    private static readonly int[] Rates = [100, 1_000, 10_000];

    public static async Task RunAsync(Table table)
    {
        foreach (var rate in Rates)
        {
            var memory = await OursAsync(rate, folder: null);
            var folder = Directory.CreateTempSubdirectory("chronos-bench-").FullName;
            var durable = await OursAsync(rate, folder);
            Directory.Delete(folder, recursive: true);
            var peer = await PeerAsync(rate);
            Add(table, rate, "memory; Quartz.NET 4 RAM store", memory, peer);
            Add(table, rate, "durable, SQLite; Quartz.NET 4 RAM store", durable, peer);
        }
    }

    private static void Add(Table table, int rate, string kind, Lateness ours, Lateness peer) => table.Add(
        Table.Text($"lateness at {rate:N0} starts/s, {kind}: p50 / p99 / max, early"),
        ours.ToString(), peer.ToString(), Table.Times(ours.P99 / peer.P99),
        rate == 1_000 ? "p99 ≤ 2 ms, 0 early" : rate == 10_000 ? "max ≤ 150 ms" : "0 early");

    private static async Task<Lateness> OursAsync(int rate, string? folder)
    {
        var lateness = new Lateness();
        var engine = new NoOpEngine(request => lateness.Note(
            SystemClock.Instance.GetCurrentInstant() - NoOpEngine.NominalOf(request)));
        await using var node = folder is null
            ? await BenchNode.StartAsync(engine, new MemoryStore())
            : await BenchNode.StartAsync(engine, folder);
        var start = WholeSecondIn(2 + (rate / 10_000));
        await node.PutAsync(rate, i => BenchNode.Repeating(
            i, start + Duration.FromMilliseconds(i * 1000L / rate), "PT1S"));
        await lateness.MeasureAsync(start);
        return lateness;
    }

    private static async Task<Lateness> PeerAsync(int rate)
    {
        var lateness = new Lateness();
        await using var quartz = await QuartzPeer.InMemoryAsync();
        var start = WholeSecondIn(2 + (rate / 10_000));
        await quartz.ScheduleAsync(
            rate,
            i => start.ToDateTimeOffset() + TimeSpan.FromMilliseconds(i * 1000L / rate),
            () => SimpleScheduleBuilder.Create().WithInterval(TimeSpan.FromSeconds(1)).RepeatForever());
        _ = QuartzPeer.NoOpJob.StartOf(int.MaxValue, due => lateness.Note(
            Duration.FromTimeSpan(DateTimeOffset.UtcNow - due)));
        await quartz.StartAsync();
        await lateness.MeasureAsync(start);
        return lateness;
    }

    private static Instant WholeSecondIn(int seconds) => Instant.FromUnixTimeSeconds(
        SystemClock.Instance.GetCurrentInstant().ToUnixTimeSeconds() + seconds + 1);

    private sealed class Lateness
    {
        private readonly Lock gate = new();
        private readonly List<double> milliseconds = new(Rates[^1] * Seconds);
        private volatile bool isMeasuring;

        public double P99 => Quantile(0.99);

        public void Note(Duration late)
        {
            if (!isMeasuring) return;
            lock (gate) milliseconds.Add(late.TotalMilliseconds);
        }

        public async Task MeasureAsync(Instant start)
        {
            await MeasureStart.WaitUntilAsync(start + Duration.FromSeconds(WarmSeconds));
            isMeasuring = true;
            await Task.Delay(TimeSpan.FromSeconds(Seconds - WarmSeconds));
            isMeasuring = false;
        }

        public override string ToString()
        {
            lock (gate)
            {
                var early = milliseconds.Count(value => value < 0);
                return Table.Text($"{Quantile(0.5):0.00} / {P99:0.00} / {Quantile(1):0.0} ms, {early} early");
            }
        }

        private double Quantile(double part)
        {
            lock (gate)
            {
                if (milliseconds.Count == 0) return double.NaN;
                milliseconds.Sort();
                return milliseconds[(int)Math.Ceiling(part * (milliseconds.Count - 1))];
            }
        }
    }
}
