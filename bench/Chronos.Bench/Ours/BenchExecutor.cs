using System.Diagnostics;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Engines.Local;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Chronos.Bench.Ours;

/// <summary>The local engine and its executor, fed as the node loop feeds it: attempts come in batches, and their ends
/// are acknowledged when a file, in place of the server's database, has them on the disk.</summary>
internal sealed class BenchExecutor : IAsyncDisposable
{
    private const int BatchSize = 32;
    private const int PendingMax = 128; // attempts that the engine has, most of which wait for room

    private readonly string folder = Directory.CreateTempSubdirectory("chronos-bench-").FullName;
    private readonly LocalEngine engine;
    private readonly EndLog ends;
    private readonly SemaphoreSlim room = new(PendingMax);
    private int launchedCount;

    private BenchExecutor(int atOnce, bool useLimits)
    {
        var options = new LocalEngineOptions
        {
            DataDirectory = folder,
            Cpus = atOnce,
            MemMebibytes = atOnce,
            ExecutorIdleExit = TimeSpan.FromSeconds(1),
            UseLimits = useLimits,
        };
        engine = new(options, TimeProvider.System, NullLogger<LocalEngine>.Instance);
        ends = new(Path.Join(folder, "ends"), Acknowledge);
    }

    public static async Task<BenchExecutor> StartAsync(int atOnce, bool useLimits)
    {
        var executor = new BenchExecutor(atOnce, useLimits);
        await executor.engine.ConnectAsync(null, executor.ends.Add, CancellationToken.None);
        return executor;
    }

    /// <summary>A job that takes one of the places.</summary>
    public static Job JobOf(string program, ValueList<string> arguments) => new()
    {
        Name = "spawn",
        Command = program,
        Task = TaskOptions.Default with { Shell = false, Arguments = arguments },
        Resources = new(1, 1, 0),
    };

    /// <summary>Processes per second.</summary>
    public async Task<double> MeasureAsync(Job job, TimeSpan duration)
    {
        var began = Stopwatch.GetTimestamp();
        var count = 0;
        while (Stopwatch.GetElapsedTime(began) < duration)
        {
            await TakeRoomAsync(BatchSize);
            count += BatchSize;
            var requests = Enumerable.Range(0, BatchSize).Select(_ => Request(job, ++launchedCount));
            await engine.LaunchAsync([.. requests], CancellationToken.None);
        }

        await TakeRoomAsync(PendingMax); // all have ended
        room.Release(PendingMax);
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        ends.Dispose();
        room.Dispose();
        await Task.Delay(TimeSpan.FromSeconds(2)); // the executor ends
        Directory.Delete(folder, recursive: true);
    }

    private async Task TakeRoomAsync(int count)
    {
        for (var i = 0; i < count; i++)
            if (!await room.WaitAsync(TimeSpan.FromSeconds(20)))
                throw new InvalidOperationException("Nothing ended within 20 seconds.");
    }

    private void Acknowledge(List<AttemptId> attempts)
    {
        _ = engine.AcknowledgeAsync(attempts, CancellationToken.None);
        room.Release(attempts.Count);
    }

    private static LaunchRequest Request(Job job, int number)
    {
        var nominal = Instant.FromUnixTimeSeconds(1_700_000_000 + number);
        var run = new Run
        {
            Id = RunId.For(job.Name, 1, nominal, ""),
            Cause = RunCause.Schedule,
            Nominal = nominal,
            CreatedAt = nominal,
            Attempt = 1,
        };
        return new(run.AttemptId, job, run);
    }
}
