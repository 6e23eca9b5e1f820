using BenchmarkDotNet.Attributes;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;

namespace Chronos.Microbench;

/// <summary>The queue of due times alone.</summary>
public class DueQueueBenchmarks
{
    private const int Moves = 1000;
    private readonly Random random = new(1);
    private DueQueue queue = new();

    /// <summary>How many jobs are in it.</summary>
    [Params(1_000, 100_000, 1_000_000)]
    public int Jobs { get; set; }

    /// <summary>Fills it.</summary>
    [GlobalSetup]
    public void Setup()
    {
        queue = new();
        var job = Samples.Hourly(0);
        for (var i = 0; i < Jobs; i++) queue.Set(new(job, Samples.Busy(job)), random.NextInt64(Jobs));
    }

    /// <summary>Takes the earliest and puts it back for later.</summary>
    [Benchmark(OperationsPerInvoke = Moves)]
    public long MoveEarliest()
    {
        for (var i = 0; i < Moves; i++) queue.Set(queue.First, queue.Earliest + random.NextInt64(1, Jobs));
        return queue.Earliest;
    }
}
