using Chronos.Core.Scheduling;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>How a node works.</summary>
public sealed record SchedulerNodeOptions
{
    /// <summary>What jobs fall back to, and limits.</summary>
    public SchedulerOptions Scheduler { get; init; } = new();

    /// <summary>Commands that may wait for the loop; more are refused as unavailable.</summary>
    public int PendingCommandsMax { get; init; } = 100_000;

    /// <summary>Pause between two looks at what must always hold.</summary>
    public Duration ScanPause { get; init; } = Duration.FromSeconds(10);

    /// <summary>How long runs, and events of jobs, are kept, and how many runs of each job.</summary>
    public Ports.Retention Retention { get; init; } = new(Duration.FromDays(30), 1000);

    /// <summary>Pause between two prunings of the history.</summary>
    public Duration RetentionPause { get; init; } = Duration.FromMinutes(1);
}
