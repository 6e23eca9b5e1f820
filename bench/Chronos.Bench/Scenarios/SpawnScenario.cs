using Chronos.Bench.Ours;
using Chronos.Bench.Peers;
using Chronos.Core.Jobs;

namespace Chronos.Bench.Scenarios;

/// <summary>Processes per second through the local engine and its executor, beside a loop in C that captures output and
/// makes exit codes durable. All of them run the same command, and have as many at once: few, where each wait of ours
/// leaves a processor idle, and as many as a server admits of jobs that do not say what they need.</summary>
internal static class SpawnScenario
{
    private const int Rounds = 5; // the first warms up
    private const string Aim = "0.8 ×";
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(0.8);
    private static readonly int Few = 2 * Environment.ProcessorCount;
    private static readonly int Usual = (int)(Environment.ProcessorCount / Resources.Default.Cpus);

    public static async Task RunAsync(Table table)
    {
        using var loop = await SpawnLoop.CompileAsync();
        if (loop is null)
        {
            table.Add("processes per second: there is no C compiler", "–");
            return;
        }

        await CompareAsync(table, loop, Few);
        await CompareAsync(table, loop, Usual);
    }

    private static async Task CompareAsync(Table table, SpawnLoop loop, int atOnce)
    {
        await using var free = await BenchExecutor.StartAsync(atOnce, useLimits: false);
        await using var limited = await BenchExecutor.StartAsync(atOnce, useLimits: true);
        var place = new Place(table, loop, atOnce, free, limited);
        await CompareAsync(place, "/bin/true", []);
        await CompareAsync(place, "/bin/sh", ["-c", "echo done"]);
    }

    // In each round all take turns, so that a machine that is busy for a while is so for all of them.
    private static async Task CompareAsync(Place place, string program, ValueList<string> arguments)
    {
        var (table, loop, atOnce, free, limited) = place;
        List<double> bare = [], durable = [], folders = [], withoutLimits = [], withLimits = [];
        var job = BenchExecutor.JobOf(program, arguments);
        for (var round = 1; round <= Rounds; round++)
        {
            bare.Add(await loop.MeasureAsync("bare", Slot, atOnce, [program, .. arguments]));
            durable.Add(await loop.MeasureAsync("durable", Slot, atOnce, [program, .. arguments]));
            folders.Add(await loop.MeasureAsync("folders", Slot, atOnce, [program, .. arguments]));
            withoutLimits.Add(free.Measure(job, Slot));
            withLimits.Add(limited.Measure(job, Slot));
            Console.WriteLine(Table.Text($"round {round}: C {bare[^1]:N0}, {durable[^1]:N0}, {folders[^1]:N0}; ")
                + Table.Text($"ours {withoutLimits[^1]:N0}, {withLimits[^1]:N0}"));
        }

        var what = $"{program}, {atOnce} at once";
        table.AddRounds($"{what}; C loop", withoutLimits, durable, Aim);
        table.AddRounds($"{what}; C loop with a folder for each", withoutLimits, folders, Aim);
        table.AddRounds($"{what}, limited by control groups; C loop without", withLimits, durable, Aim);
        table.AddRounds($"{what}; C loop that only starts and waits", withoutLimits, bare, "");
    }

    private sealed record Place(
        Table Table, SpawnLoop Loop, int AtOnce, BenchExecutor Free, BenchExecutor Limited);
}
