using Chronos.Core.Jobs;
using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>Parsed schedules, shared by jobs that say the same; a hundred thousand hourly jobs need one object.
/// </summary>
public sealed class ScheduleCache(DateTimeZone defaultZone)
{
    private readonly Dictionary<Key, Schedule> parsed = [];

    /// <summary>The schedule of a definition.</summary>
    /// <param name="definition">What the job says.</param>
    /// <param name="seed">The hash that spreads <c>H</c> fields.</param>
    /// <exception cref="InvalidOperationException">The text does not parse.</exception>
    public Schedule Get(JobSchedule definition, ulong seed)
    {
        // Only cron's H depends on the job; in an ISO interval the letter means hours.
        var isSpread = definition.Text[0] != 'R' && definition.Text.Contains('H', StringComparison.OrdinalIgnoreCase);
        var key = new Key(definition.Text, definition.TimeZone, definition.Gap, definition.Overlap, isSpread
            ? seed : 0);
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
        parsed.Add(key, schedule);
        return schedule;
    }

    private readonly record struct Key(string Text, string Zone, GapRule? Gap, OverlapRule? Overlap, ulong Seed);
}
