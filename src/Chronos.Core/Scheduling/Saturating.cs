using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>Arithmetic that stops at the ends of the calendar, where the ordinary one throws: lengths of up to ten
/// years meet times that clients, engines and schedules choose.</summary>
internal static class Saturating
{
    /// <summary>The later time, at most the end of the calendar.</summary>
    public static Instant Plus(Instant time, Duration length) =>
        Instant.MaxValue - time <= length ? Instant.MaxValue : time + length;

    /// <summary>The earlier time, at least the start of the calendar.</summary>
    public static Instant Minus(Instant time, Duration length) =>
        time - Instant.MinValue <= length ? Instant.MinValue : time - length;
}
