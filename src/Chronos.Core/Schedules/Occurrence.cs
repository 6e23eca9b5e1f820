using NodaTime;

namespace Chronos.Core.Schedules;

/// <summary>One due time of a schedule.</summary>
/// <param name="At">The instant. It identifies the occurrence: wall times that fall on one instant are one
/// occurrence.</param>
/// <param name="ShiftedFrom">
/// The wall time that was asked for, when a daylight-saving gap moved it; the earliest of them when several moved to
/// this instant; null when the wall clock at <paramref name="At"/> shows a time that was asked for.
/// </param>
public readonly record struct Occurrence(Instant At, LocalDateTime? ShiftedFrom);
