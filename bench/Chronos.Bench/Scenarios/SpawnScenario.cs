using Chronos.Bench.Ours;
using Chronos.Bench.Peers;
using Chronos.Core.Jobs;

namespace Chronos.Bench.Scenarios;

/// <summary>Processes per second through the local engine and its executor, beside a loop in C that captures output and
/// makes exit codes durable. All of them run the same command, and have as many at once.</summary>
internal static class SpawnScenario
{
    private const int Rounds = 6; // the first warms up
    private const string Aim = "0.8 ×";
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(0.8);
    private static readonly int AtOnce = 2 * Environment.ProcessorCount;

    public static async Task RunAsync(Table table)
    {
        using var loop = await SpawnLoop.CompileAsync();
        if (loop is null)
        {
            table.Add("processes per second: there is no C compiler", "–");
            return;
        }

        await using var free = await BenchExecutor.StartAsync(AtOnce, useLimits: false);
        await using var limited = await BenchExecutor.StartAsync(AtOnce, useLimits: true);
        await CompareAsync(table, "/bin/true", [], loop, free, limited);
        await CompareAsync(table, "/bin/sh", ["-c", "echo done"], loop, free, limited);
    }

    // In each round all take turns, so that a machine that is busy for a while is so for all of them.
    private static async Task CompareAsync(
        Table table, string program, ValueList<string> arguments, SpawnLoop loop, BenchExecutor free,
        BenchExecutor limited)
    {
        List<double> bare = [], durable = [], withoutLimits = [], withLimits = [];
        var job = BenchExecutor.JobOf(program, arguments);
        for (var round = 1; round <= Rounds; round++)
        {
            bare.Add(await loop.MeasureAsync("bare", Slot, AtOnce, [program, .. arguments]));
            durable.Add(await loop.MeasureAsync("durable", Slot, AtOnce, [program, .. arguments]));
            withoutLimits.Add(free.Measure(job, Slot));
            withLimits.Add(limited.Measure(job, Slot));
            Console.WriteLine(Table.Text(
                $"round {round}: {bare[^1]:N0} {durable[^1]:N0} {withoutLimits[^1]:N0} {withLimits[^1]:N0}"));
        }

        Add(table, $"{program}; C loop", withoutLimits, durable, Aim);
        Add(table, $"{program}, limited by control groups; C loop without", withLimits, durable, Aim);
        Add(table, $"{program}; C loop that only starts and waits", withoutLimits, bare, "");
    }

    private static void Add(Table table, string what, List<double> ours, List<double> peer, string aim) =>
        table.AddRates(what, Table.Median(ours.Skip(1)), Table.Median(peer.Skip(1)), aim);
}
