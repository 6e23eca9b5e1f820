using System.Diagnostics;
using Chronos.Bench.Ours;
using Chronos.Bench.Peers;
using Chronos.Core.Jobs;
using Chronos.Engines.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronos.Bench.Scenarios;

/// <summary>Processes per second through the local engine and its executor, beside two loops in C: one that only
/// starts and waits, and one that captures output and makes exit codes durable as the executor does.</summary>
internal static class SpawnScenario
{
    public const int DefaultTasks = 2_000;
    private const int Rounds = 3; // the first warms up
    private const int AtOnce = 128;

    private static readonly Job True = new()
    {
        Name = "true",
        Command = "/bin/true",
        Task = TaskOptions.Default with { Shell = false },
        Resources = new(1, 1, 0),
    };

    public static async Task RunAsync(Table table, int tasks)
    {
        using var loop = await SpawnLoop.CompileAsync();
        if (loop is null)
        {
            table.Add("processes per second: there is no C compiler", "–");
            return;
        }

        List<double> bare = [], work = [], free = [], durable = [], limited = [];
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(await loop.MeasureAsync("bare", tasks, AtOnce));
            free.Add(await OursAsync(tasks, options => options with { UseLimits = false, SyncJournal = false }));
            work.Add(await loop.MeasureAsync("work", tasks, AtOnce));
            durable.Add(await OursAsync(tasks, options => options with { UseLimits = false }));
            limited.Add(await OursAsync(tasks, options => options));
        }

        Add(table, "no limits, no flush; bare C loop", free, bare);
        Add(table, "no limits; bare C loop", durable, bare);
        Add(table, "no limits; C loop that does the same work", durable, work);
        Add(table, "control groups for each; bare C loop", limited, bare);
        Add(table, "control groups for each; C loop without them", limited, work);
    }

    private static void Add(Table table, string what, List<double> ours, List<double> peer) => table.AddRates(
        $"processes, {what}", Table.Median(ours.Skip(1)), Table.Median(peer.Skip(1)), "0.8 ×");

    private static async Task<double> OursAsync(int tasks, Func<LocalEngineOptions, LocalEngineOptions> configure)
    {
        var folder = Directory.CreateTempSubdirectory("chronos-bench-").FullName;
        try
        {
            var options = configure(new()
            {
                DataDirectory = folder,
                Cpus = AtOnce,
                MemMebibytes = AtOnce,
                ExecutorIdleExit = TimeSpan.FromSeconds(1),
            });
            await using var engine = new LocalEngine(options, TimeProvider.System, NullLogger<LocalEngine>.Instance);
            var run = new TaskRun(engine, True);
            await engine.ConnectAsync(
                null,
                new(run.Take, static _ => Task.CompletedTask, LeadershipTerm.Alone(1)),
                CancellationToken.None);
            await run.RunAsync(tasks, 0); // the executor is another process each time: warm it up too
            var clock = Stopwatch.GetTimestamp();
            await run.RunAsync(tasks, tasks);
            return tasks / Stopwatch.GetElapsedTime(clock).TotalSeconds;
        }
        finally
        {
            await DeleteAsync(folder);
        }
    }

    // The executor that is about to end may still write.
    private static async Task DeleteAsync(string folder)
    {
        await Task.Delay(TimeSpan.FromSeconds(2));
        for (var attempt = 0; Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (attempt < 50)
            {
                await Task.Delay(100);
            }
        }
    }
}
