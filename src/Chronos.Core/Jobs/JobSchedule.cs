using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>When a job is due, and what happens to occurrences that could not be decided in time.</summary>
public sealed record JobSchedule
{
    /// <summary>ISO 8601 repeating interval, cron expression or macro, as the user wrote it.</summary>
    public required string Text { get; init; }

    /// <summary>IANA zone or a zone name of Mesos Chronos; empty: the zone in <see cref="Text"/>, else UTC.</summary>
    public string TimeZone { get; init; } = "";

    /// <summary>What a wall time inside a daylight-saving gap becomes; null: by kind of schedule.</summary>
    public GapRule? Gap { get; init; }

    /// <summary>Which copy of a wall time that occurs twice counts; null: by kind of schedule.</summary>
    public OverlapRule? Overlap { get; init; }

    /// <summary>How late an occurrence may be decided before it counts as missed.</summary>
    public Duration Epsilon { get; init; } = DefaultEpsilon;

    /// <summary>What happens to missed occurrences.</summary>
    public MissedPolicy Missed { get; init; } = MissedPolicy.Default;

    /// <summary>Each start is delayed by a stable pseudo-random part of this; zero: none.</summary>
    public Duration Jitter { get; init; }

    /// <summary>Dates (in the schedule's zone) on which nothing is due.</summary>
    public ValueList<DateInterval> ExcludedDates { get; init; }

    /// <summary>Nothing is due before this instant.</summary>
    public Instant? StartAfter { get; init; }

    /// <summary>Nothing is due at or after this instant.</summary>
    public Instant? EndBefore { get; init; }

    /// <summary>60 seconds, as in Mesos Chronos 2.x.</summary>
    public static readonly Duration DefaultEpsilon = Duration.FromSeconds(60);
}

/// <summary>What becomes of occurrences that nobody could decide within epsilon, for example during an outage.
/// Whatever does not run is recorded as missed, with the reason.</summary>
/// <param name="Mode">Which of the missed occurrences run late.</param>
/// <param name="Limit">With <see cref="MissedMode.All"/>: at most this many run, the latest ones.</param>
/// <param name="Window">Occurrences older than this never run late.</param>
public sealed record MissedPolicy(MissedMode Mode, int Limit, Duration Window)
{
    /// <summary>The latest missed occurrence runs once, however old it is; Mesos Chronos 3.x did the same.</summary>
    public static readonly MissedPolicy Default = new(MissedMode.Latest, 100, Duration.MaxValue);
}

/// <summary>Which missed occurrences run late.</summary>
public enum MissedMode
{
    /// <summary>None.</summary>
    None,

    /// <summary>The latest one.</summary>
    Latest,

    /// <summary>All, oldest first, up to the policy's limit.</summary>
    All,
}
