using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>What jobs fall back to, and limits.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Delay before a retry of a job that sets none (<c>--failure-retry</c>).</summary>
    public Duration RetryDelay { get; init; } = Duration.FromSeconds(60);

    /// <summary>Consecutive failed runs that disable a job which sets none (<c>--disable-after-failures</c>);
    /// 0: never.</summary>
    public int DisableAfterFailures { get; init; }

    /// <summary>The zone of schedules that name none.</summary>
    public DateTimeZone DefaultZone { get; init; } = DateTimeZone.Utc;

    /// <summary>Runs of one job that may wait; one more is skipped.</summary>
    public int QueuedRunsMax { get; init; } = 1000;

    /// <summary>Jobs decided in one step of time, so that answers are not kept waiting by a long catch-up.</summary>
    public int DueJobsPerStepMax { get; init; } = 100;

    /// <summary>Occurrences that a backfill may have.</summary>
    public int BackfillOccurrencesMax { get; init; } = 10_000;

    /// <summary>Jobs that may exist.</summary>
    public int JobsMax { get; init; } = 10_000_000;
}
