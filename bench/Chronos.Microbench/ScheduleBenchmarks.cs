using BenchmarkDotNet.Attributes;
using Chronos.Core.Schedules;

namespace Chronos.Microbench;

/// <summary>Reading schedules, and finding the next occurrence.</summary>
public class ScheduleBenchmarks
{
    private Schedule schedule = null!; // set up before each benchmark

    /// <summary>The schedule.</summary>
    [Params("*/5 * * * *", "0 2 * * 1-5", "R/2026-01-01T00:00:00Z/PT1H", "R/2026-01-31T02:30:00Z/P1M")]
    public string Text { get; set; } = "";

    /// <summary>Reads it once for <see cref="Next"/>.</summary>
    [GlobalSetup]
    public void Setup() => schedule = Parse();

    /// <summary>Reads the text.</summary>
    [Benchmark]
    public Schedule Parse() => ScheduleParser.Parse(Text, new ScheduleOptions()).Schedule
        ?? throw new InvalidOperationException($"'{Text}' does not parse.");

    /// <summary>Finds the occurrence after a moment.</summary>
    [Benchmark]
    public Occurrence? Next() => schedule.Next(Samples.Now);
}
