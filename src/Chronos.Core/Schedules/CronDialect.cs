namespace Chronos.Core.Schedules;

/// <summary>How the fields of a cron expression are read.</summary>
public enum CronDialect
{
    /// <summary>Five fields start with the minute, six with the second, seven add a year.</summary>
    Standard,

    /// <summary>
    /// chronos-go, that is version 1 of robfig/cron: five or six fields that always start with the second, the sixth
    /// being the day of week (0 to 6). No L, W, #, H, year, or range that wraps around.
    /// </summary>
    ChronosGo,
}
