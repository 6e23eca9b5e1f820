using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>
/// <c>@every 90s</c>: elapsed time from an anchor. As in robfig/cron the first occurrence is one period after the
/// anchor, not the anchor itself.
/// </summary>
internal sealed class EverySchedule : Schedule
{
    private readonly long periodMs;
    private readonly long? anchorMs;

    public EverySchedule(string text, DateTimeZone zone, long periodMs, long? anchorMs)
        : base(text, zone)
    {
        this.periodMs = periodMs;
        this.anchorMs = anchorMs;
    }

    public override ScheduleKind Kind => ScheduleKind.Elapsed;

    public override bool NeedsAnchor => anchorMs is null;

    public override Schedule AnchoredAt(Instant start) =>
        NeedsAnchor ? new EverySchedule(Text, Zone, periodMs, start.ToUnixTimeMilliseconds()) : this;

    public override Occurrence? Next(Instant after)
    {
        long anchor = anchorMs ?? throw Unanchored();
        long elapsed = Math.Max(after.ToUnixTimeMilliseconds() - anchor, 0);
        return At(anchor + (elapsed / periodMs + 1) * periodMs);
    }

    public override Occurrence? Latest(Instant upTo)
    {
        long anchor = anchorMs ?? throw Unanchored();
        long elapsed = upTo.ToUnixTimeMilliseconds() - anchor;
        return elapsed < periodMs ? null : At(anchor + elapsed / periodMs * periodMs);
    }

    public override string Describe() => ScheduleDescription.OfPeriod(periodMs);

    private static Occurrence? At(long milliseconds) => milliseconds > UnixTime.MillisecondsMax
        ? null
        : new(Instant.FromUnixTimeMilliseconds(milliseconds), null);
}
