using Chronos.Core.Jobs;
using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>The occurrences of one job: its schedule, bounded and thinned by the job's own limits. Jobs that say the
/// same, and whose own name and start play no part in it, share one.</summary>
public sealed class Timetable
{
    private readonly JobSchedule definition;
    private readonly ulong seed;

    private Timetable(Schedule schedule, JobSchedule definition, ulong seed)
    {
        Schedule = schedule;
        this.definition = definition;
        this.seed = seed;
    }

    /// <summary>The schedule, anchored.</summary>
    public Schedule Schedule { get; }

    /// <summary>The occurrences of <paramref name="job"/>; null where it has no schedule.</summary>
    /// <exception cref="InvalidOperationException">The schedule does not parse; readers of definitions refuse such
    /// jobs, so this is a defect.</exception>
    public static Timetable? For(Job job, Instant anchor, ScheduleCache cache)
    {
        if (job.Schedule is not { } definition) return null;
        if (cache.FindTimetable(definition) is { } known) return known;
        var seed = StableHash.Of(job.Name);
        var schedule = cache.Get(definition, seed);
        var made = new Timetable(schedule.AnchoredAt(anchor), definition, seed);
        var isOwn = schedule.NeedsAnchor || definition.Jitter > Duration.Zero || ScheduleCache.IsSpread(definition);
        if (!isOwn) cache.Keep(definition, made);
        return made;
    }

    /// <summary>The first occurrence after <paramref name="after"/>; null: none will come.</summary>
    public Occurrence? Next(Instant after)
    {
        if (definition.StartAfter is { } start && after < start) after = Saturating.Minus(start, Duration.Epsilon);
        var next = Schedule.Next(after);
        while (next is { } occurrence && IsExcluded(occurrence.At))
            next = Schedule.Next(EndOfExclusion(occurrence.At));
        return next is { } found && definition.EndBefore is { } end && found.At >= end ? null : next;
    }

    /// <summary>The last occurrence after <paramref name="after"/> and not after <paramref name="upTo"/>.</summary>
    public Occurrence? Latest(Instant after, Instant upTo)
    {
        if (definition.EndBefore is { } end && upTo >= end) upTo = end - Duration.Epsilon;
        var latest = Schedule.Latest(upTo);
        while (latest is { } occurrence && occurrence.At > after && IsExcluded(occurrence.At))
            latest = Schedule.Latest(StartOfExclusion(occurrence.At) - Duration.Epsilon);
        if (latest is not { } found || found.At <= after) return null;
        return definition.StartAfter is { } start && found.At < start ? null : latest;
    }

    /// <summary>How long the start of an occurrence is delayed: a part of the job's jitter that is the same each time
    /// it is asked for, and never reaches the next occurrence.</summary>
    public Duration JitterOf(Instant nominal)
    {
        if (definition.Jitter <= Duration.Zero) return Duration.Zero;
        var ticks = (ulong)definition.Jitter.BclCompatibleTicks;
        var hash = StableHash.Of(seed, unchecked((ulong)nominal.ToUnixTimeTicks()));
        var delay = Duration.FromTicks((long)(hash % ticks));
        return Next(nominal) is { } next && Saturating.Plus(nominal, delay) >= next.At
            ? Duration.FromTicks((next.At - nominal).BclCompatibleTicks / 2)
            : delay;
    }

    /// <summary>When the occurrence at <paramref name="nominal"/> is to start: then, put off by jitter.</summary>
    public Instant StartOf(Instant nominal) => Saturating.Plus(nominal, JitterOf(nominal));

    private bool IsExcluded(Instant at) => !definition.ExcludedDates.IsEmpty && ExclusionOf(at) is not null;

    private DateInterval? ExclusionOf(Instant at)
    {
        var date = at.InZone(Schedule.Zone).Date;
        foreach (var interval in definition.ExcludedDates.AsSpan())
            if (interval.Contains(date)) return interval;
        return null;
    }

    private Instant EndOfExclusion(Instant at) =>
        // excluded: has one
        Schedule.Zone.AtStartOfDay(ExclusionOf(at)!.End.PlusDays(1)).ToInstant() - Duration.Epsilon;

    private Instant StartOfExclusion(Instant at) =>
        Schedule.Zone.AtStartOfDay(ExclusionOf(at)!.Start).ToInstant(); // excluded: has one
}
