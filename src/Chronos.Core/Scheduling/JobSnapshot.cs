using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>A job as it was at one moment; immutable, safe to read from any thread.</summary>
public sealed record JobSnapshot
{
    private readonly CompactInstant next;

    /// <summary>A view of a job.</summary>
    public JobSnapshot(Job job, JobState state, Instant? next)
    {
        Job = job;
        State = state;
        this.next = CompactInstant.Of(next);
    }

    /// <summary>The definition.</summary>
    public Job Job { get; init; }

    /// <summary>The state.</summary>
    public JobState State { get; init; }

    /// <summary>The next occurrence of the schedule, whether the job is disabled or not; null: none will come.
    /// </summary>
    public Instant? Next => next.OrNull;

    /// <summary>The definition and the state.</summary>
    public void Deconstruct(out Job job, out JobState state) => (job, state) = (Job, State);
}
