using System.Diagnostics;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Engines.Local;
using Chronos.Runtime.Leadership;
using Chronos.Runtime.Ports;
using Chronos.Testing.Engines;
using Microsoft.Extensions.Logging.Abstractions;

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
    private readonly object room = new();
    private int pendingCount;

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
        var link = new EngineLink(executor.ends.Add, static _ => Task.CompletedTask, LeadershipTerm.Alone(1));
        await executor.engine.ConnectAsync(null, link, CancellationToken.None);
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
    public double Measure(Job job, TimeSpan duration)
    {
        var began = Stopwatch.GetTimestamp();
        var count = 0;
        for (; Stopwatch.GetElapsedTime(began) < duration; count += BatchSize)
        {
            var requests = Enumerable.Range(0, BatchSize).Select(_ => LaunchRequests.For(job)).ToList();
            lock (room) pendingCount += BatchSize;
            _ = engine.LaunchAsync(requests, CancellationToken.None); // completes at once
            WaitForRoom(PendingMax - BatchSize);
        }

        WaitForRoom(0);
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        ends.Dispose();
        await Task.Delay(TimeSpan.FromSeconds(2)); // the executor ends
        Directory.Delete(folder, recursive: true);
    }

    private void WaitForRoom(int mostPending)
    {
        lock (room)
        {
            while (pendingCount > mostPending)
                if (!Monitor.Wait(room, TimeSpan.FromSeconds(20)))
                    throw new InvalidOperationException("Nothing ended within 20 seconds.");
        }
    }

    private void Acknowledge(List<AttemptId> attempts)
    {
        _ = engine.AcknowledgeAsync(attempts, CancellationToken.None); // completes at once
        lock (room)
        {
            pendingCount -= attempts.Count;
            if (pendingCount == 0 || pendingCount <= PendingMax - BatchSize) Monitor.Pulse(room);
        }
    }
}
