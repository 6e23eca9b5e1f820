using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Simulation.Checks;

/// <summary>What must be true of one job, worked out from what happened to it and not from what the product says.
/// </summary>
internal sealed class JobModel(Job job, JobState state)
{
    /// <summary>The definition that is durable.</summary>
    public Job Job { get; private set; } = job;

    /// <summary>The state that is durable.</summary>
    public JobState State { get; set; } = state;

    public Timetable? Timetable { get; private set; }

    /// <summary>Every occurrence up to here must have been decided, and none after it.</summary>
    public Instant Cursor { get; set; }

    /// <summary>Parents that have finished since its last start.</summary>
    public SortedSet<string> Finished { get; } = new(StringComparer.Ordinal);

    public long Successes { get; set; }

    public long Errors { get; set; }

    public long ErrorsInARow { get; set; }

    /// <summary>Whether its rules about overlap ever changed; then runs of both rules may overlap.</summary>
    public bool HasMixedRules { get; private set; }

    public string Name => Job.Name;

    /// <summary>It was created.</summary>
    public void Create()
    {
        Timetable = Make(Job, State.UpdatedAt);
        Cursor = FirstCursor(State.UpdatedAt);
    }

    /// <summary>Its definition was replaced by a person: it owes nothing from before that is older than epsilon, and
    /// nothing that was decided already.</summary>
    public void Edit(Job after, Instant now)
    {
        var before = Job;
        var isReanchored = after.Schedule?.Text != before.Schedule?.Text
            || after.Schedule?.TimeZone != before.Schedule?.TimeZone;
        Job = after;
        if (isReanchored || before.Schedule != after.Schedule)
            Timetable = Make(after, isReanchored ? now : State.Anchor);
        HasMixedRules |= before.Policy.Concurrency != after.Policy.Concurrency
            || before.Policy.MaxConcurrent != after.Policy.MaxConcurrent || before.Policy.Async != after.Policy.Async;
        Finished.IntersectWith(after.Parents);
        if (before.Disabled && !after.Disabled)
        {
            Cursor = Later(Cursor, now);
        }
        else if (before.Schedule != after.Schedule)
        {
            var owed = now - (after.Schedule?.Epsilon ?? Duration.Zero);
            if (isReanchored) owed = Later(owed, FirstCursor(now));
            Cursor = Later(Cursor, Instant.Min(owed, now));
        }
    }

    /// <summary>The server disabled it.</summary>
    public void Disable(Job after) => Job = after;

    private static Instant Later(Instant left, Instant right) => Instant.Max(left, right);

    private static Timetable? Make(Job job, Instant anchor) =>
        Timetable.For(job, anchor, new(DateTimeZone.Utc));

    // A repeating interval owes its occurrences since its start, a cron expression those since it was made.
    private Instant FirstCursor(Instant now) => Timetable?.Schedule is IsoSchedule { Start: { } start }
        ? Instant.Min(now, start - Duration.FromTicks(1))
        : now;
}
