using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Numbers of the whole scheduler at one moment. Counts of runs are the jobs' own, so they survive restarts;
/// those of deleted jobs are gone.</summary>
internal sealed record NodeFigures
{
    /// <summary>Jobs.</summary>
    public int Jobs { get; init; }

    /// <summary>Runs that wait, of jobs without high priority.</summary>
    public int Queued { get; init; }

    /// <summary>Runs that wait, of jobs with high priority.</summary>
    public int HighQueued { get; init; }

    /// <summary>Runs that start or run.</summary>
    public int Running { get; init; }

    /// <summary>Successes of all jobs.</summary>
    public long Successes { get; init; }

    /// <summary>Failures of all jobs.</summary>
    public long Failures { get; init; }

    /// <summary>Rules that must always hold and do not.</summary>
    public IReadOnlyList<InvariantRule> BrokenInvariants { get; init; } = [];

    /// <summary>The first jobs by name that ever ended a run, with their counters.</summary>
    public required IReadOnlyList<(string Name, JobCounters Counters)> PerJob { get; init; }

    /// <summary>Counts now; at most <paramref name="jobLimit"/> jobs get counters of their own.</summary>
    public static NodeFigures Of(SchedulerNode node, int jobLimit)
    {
        var perJob = new List<(string Name, JobCounters Counters)>();
        var sums = new NodeFigures { PerJob = perJob, BrokenInvariants = node.BrokenInvariants };
        foreach (var snapshot in node.Jobs.InOrder())
        {
            sums = sums.Plus(snapshot);
            var counters = snapshot.State.Counters;
            if (perJob.Count < jobLimit && (counters.SuccessCount > 0 || counters.ErrorCount > 0))
                perJob.Add((snapshot.Job.Name, counters));
        }

        return sums;
    }

    private NodeFigures Plus(JobSnapshot snapshot)
    {
        var (job, state) = snapshot;
        var queued = 0;
        foreach (var run in state.ActiveRuns)
            if (run.State == RunState.Queued)
                queued++;
        return this with
        {
            Jobs = Jobs + 1,
            Queued = Queued + (job.Policy.HighPriority ? 0 : queued),
            HighQueued = HighQueued + (job.Policy.HighPriority ? queued : 0),
            Running = Running + state.ActiveRuns.Count - queued,
            Successes = Successes + state.Counters.SuccessCount,
            Failures = Failures + state.Counters.ErrorCount,
        };
    }
}
