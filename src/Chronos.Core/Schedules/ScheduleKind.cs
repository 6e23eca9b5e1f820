namespace Chronos.Core.Schedules;

/// <summary>How a schedule relates to the wall clock. It decides what daylight saving does to it by default.</summary>
public enum ScheduleKind
{
    /// <summary>Counts elapsed time from its start; the wall clock does not matter.</summary>
    Elapsed,

    /// <summary>Names wall times one by one, such as 02:30: each is wanted once.</summary>
    Fixed,

    /// <summary>Names a pattern of wall times, such as every 15 minutes: the rhythm is wanted.</summary>
    Flowing,
}
