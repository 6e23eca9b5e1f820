namespace Chronos.Api;

/// <summary>Starts that schedules have ahead.</summary>
/// <param name="Items">The starts in the order of time.</param>
/// <param name="IsWhole">Whether these are all; else there are more than were asked for.</param>
public sealed record UpcomingStarts(IReadOnlyList<UpcomingStart> Items, bool IsWhole);

/// <summary>A start that a schedule has ahead.</summary>
/// <param name="Job">The job.</param>
/// <param name="At">When it is due.</param>
public sealed record UpcomingStart(string Job, DateTimeOffset At);
