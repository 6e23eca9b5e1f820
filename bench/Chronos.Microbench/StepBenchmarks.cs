using BenchmarkDotNet.Attributes;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;

namespace Chronos.Microbench;

/// <summary>Decisions: a job is due and its run is launched; the run ends. Both move the job in the due queue.
/// </summary>
public class StepBenchmarks
{
    private const int PerTick = 1000;
    private static readonly Actor Bench = new("bench", "");
    private readonly List<LaunchRequest> launches = [];
    private Scheduler scheduler = new(new());
    private Instant now = Samples.Now;

    /// <summary>How many jobs there are.</summary>
    [Params(1_000, 100_000)]
    public int Jobs { get; set; }

    /// <summary>Creates the jobs.</summary>
    [GlobalSetup]
    public void Setup()
    {
        scheduler = new(new());
        now = Samples.Now - Duration.FromMinutes(1);
        var jobs = Enumerable.Range(0, Jobs).Select(Samples.Hourly).ToValueList();
        scheduler.Step(new(now, new PutJobs(jobs, Bench)));
        scheduler.ClearOutput();
    }

    /// <summary>Decides a run and its end.</summary>
    [Benchmark(OperationsPerInvoke = PerTick)]
    public int RunAndEnd()
    {
        now = scheduler.NextDue ?? throw new InvalidOperationException("Nothing is due.");
        scheduler.Step(new(now, Tick.Instance));
        launches.Clear();
        foreach (var effect in scheduler.Effects)
            if (effect is LaunchRequest launch) launches.Add(launch);
        scheduler.ClearOutput();
        foreach (var launch in launches)
            scheduler.Step(new(now, new AttemptReported(
                new() { Id = launch.Id, JobName = launch.Job.Name, Phase = AttemptPhase.Finished, ExitCode = 0 }, "")));
        scheduler.ClearOutput();
        return launches.Count;
    }
}
