// Temporary: replaced by the schedules branch.
using NodaTime;
namespace Chronos.Core.Schedules;
public readonly record struct Occurrence(Instant At, LocalDateTime? ShiftedFrom);
public enum GapRule { Next, Shift, Skip }
public enum OverlapRule { First, Last, Both }
public enum ScheduleKind { Elapsed, Fixed, Flowing }
public enum CronDialect { Standard, ChronosGo }
public abstract class Schedule
{
    public string Text { get; protected set; } = "";
    public DateTimeZone Zone { get; protected set; } = DateTimeZone.Utc;
    public abstract ScheduleKind Kind { get; }
    public abstract bool NeedsAnchor { get; }
    public abstract Schedule AnchoredAt(Instant start);
    public abstract Occurrence? Next(Instant after);
    public Occurrence? Latest(Instant upTo) => throw new NotSupportedException();
    public virtual long? Repetitions => null;
    public virtual long? RemainingAfter(Instant cursor) => null;
    public virtual Instant? Start => null;
}
public sealed record ScheduleOptions
{
    public string TimeZone { get; init; } = "";
    public GapRule? Gap { get; init; }
    public OverlapRule? Overlap { get; init; }
    public ulong HashSeed { get; init; }
    public DateTimeZone DefaultZone { get; init; } = DateTimeZone.Utc;
    public CronDialect Dialect { get; init; }
}
public sealed record ScheduleError(string Code, string Message);
public sealed class ScheduleParseResult { public Schedule? Schedule { get; init; } public IReadOnlyList<ScheduleError> Errors { get; init; } = []; }
public static class ScheduleParser
{
    public static ScheduleParseResult Parse(string text, ScheduleOptions options) => throw new NotSupportedException(text + options);
}
