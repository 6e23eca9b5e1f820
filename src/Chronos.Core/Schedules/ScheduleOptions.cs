using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>What a schedule's text does not say itself.</summary>
public sealed record ScheduleOptions
{
    /// <summary>
    /// Zone of the wall clock: an IANA id, a legacy three-letter id of Java, or <c>GMT+hh:mm</c>. Empty (the default):
    /// the offset written in an ISO start decides, otherwise <see cref="DefaultZone"/>. When set, an offset written in
    /// an ISO start no longer moves the instant; it only chooses the copy of a start that exists twice.
    /// </summary>
    public string TimeZone { get; init; } = "";

    /// <summary>
    /// What becomes of wall times in a daylight-saving gap. Null (the default): <see cref="GapRule.Next"/> for fixed
    /// schedules, <see cref="GapRule.Skip"/> for flowing ones. A value applies to both kinds; elapsed ones ignore it.
    /// </summary>
    public GapRule? Gap { get; init; }

    /// <summary>
    /// What becomes of wall times that exist twice. Null (the default): <see cref="OverlapRule.First"/> for fixed
    /// schedules, <see cref="OverlapRule.Both"/> for flowing ones. A value applies to both kinds; elapsed ones ignore
    /// it.
    /// </summary>
    public OverlapRule? Overlap { get; init; }

    /// <summary>Decides what <c>H</c> stands for: the stable hash of the job's name. Default 0.</summary>
    public ulong HashSeed { get; init; }

    /// <summary>Zone of schedules that name none. Default UTC, so that every node reads them alike.</summary>
    public DateTimeZone DefaultZone { get; init; } = DateTimeZone.Utc;

    /// <summary>How cron fields are read. Default <see cref="CronDialect.Standard"/>.</summary>
    public CronDialect Dialect { get; init; } = CronDialect.Standard;
}
