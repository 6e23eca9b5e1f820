using Chronos.Core.Jobs;
using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>Parsed schedules, shared by jobs that say the same; a hundred thousand hourly jobs need one object.
/// </summary>
public sealed class ScheduleCache(DateTimeZone defaultZone)
{
    private const int CountMax = 65_536; // then it begins anew: most of it may be of jobs long gone

    private readonly Dictionary<Key, Schedule> parsed = [];
    private readonly Dictionary<JobSchedule, Timetable> timetables = new(ReferenceEqualityComparer.Instance);

    /// <summary>The schedule of a definition.</summary>
    /// <param name="definition">What the job says.</param>
    /// <param name="seed">The hash that spreads <c>H</c> fields.</param>
    /// <exception cref="InvalidOperationException">The text does not parse.</exception>
    public Schedule Get(JobSchedule definition, ulong seed)
    {
        var key = new Key(definition.Text, definition.TimeZone, definition.Gap, definition.Overlap,
            IsSpread(definition) ? seed : 0);
        if (parsed.TryGetValue(key, out var known)) return known;
        var result = ScheduleParser.Parse(definition.Text, new()
        {
            TimeZone = definition.TimeZone,
            Gap = definition.Gap,
            Overlap = definition.Overlap,
            HashSeed = seed,
            DefaultZone = defaultZone,
        });
        if (result.Schedule is not { } schedule)
            throw new InvalidOperationException($"Schedule '{definition.Text}': {result.Errors[0].Message}");
        if (parsed.Count == CountMax) parsed.Clear();
        parsed.Add(key, schedule);
        return schedule;
    }

    /// <summary>Whether the occurrences depend on the job's name: cron's <c>H</c>; in an ISO interval the letter means
    /// hours.</summary>
    internal static bool IsSpread(JobSchedule definition) =>
        definition.Text[0] != 'R' && definition.Text.Contains('H', StringComparison.OrdinalIgnoreCase);

    /// <summary>The timetable of an earlier job with the very same definition.</summary>
    internal Timetable? FindTimetable(JobSchedule definition) => timetables.GetValueOrDefault(definition);

    internal void Keep(JobSchedule definition, Timetable timetable)
    {
        if (timetables.Count == CountMax) timetables.Clear();
        timetables.Add(definition, timetable);
    }

    private readonly record struct Key(string Text, string Zone, GapRule? Gap, OverlapRule? Overlap, ulong Seed);
}
