using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>A job in the scheduler: its current definition and state, and what is derived from them. Only what it is
/// as a <see cref="JobEntry"/> may be read by other threads.</summary>
internal sealed class JobSlot(Job job, JobState state) : JobEntry(job.Name)
{
    private List<JobSlot>? children;
    private CompactInstant next;
    private bool isNextShifted;

    public Job Job { get; private set; } = job;

    public JobState State { get; set; } = state;

    public Timetable? Timetable { get; private set; }

    /// <summary>The next occurrence after the cursor, disabled or not.</summary>
    public Instant? Next => next.OrNull;

    /// <summary><see cref="Next"/> with what daylight saving did to it; the slot must have a next one.</summary>
    public Occurrence NextOccurrence => isNextShifted
        ? Timetable!.Next(State.Cursor)!.Value // a shifted one came from there
        : new(next.Value, null);

    /// <summary>Place in the due queue; negative: not in it.</summary>
    public int QueueIndex { get; set; } = -1;

    /// <summary>Whether the job was deleted; nothing of it may be stored any more.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>What of the slot the present decision has changed.</summary>
    public SlotChange Pending { get; set; }

    /// <summary>Jobs that name this one as a parent, by name.</summary>
    public IReadOnlyList<JobSlot> Children => children ?? (IReadOnlyList<JobSlot>)[];

    public void Define(Job definition, Timetable? timetable)
    {
        Job = definition;
        Timetable = timetable;
        RefreshNext();
    }

    public void RefreshNext()
    {
        var occurrence = Timetable?.Next(State.Cursor);
        next = CompactInstant.Of(occurrence?.At);
        isNextShifted = occurrence?.ShiftedFrom is not null;
    }

    public void AddChild(JobSlot child)
    {
        children ??= [];
        var index = children.BinarySearch(child, ByName);
        if (index < 0) children.Insert(~index, child);
    }

    public void RemoveChild(JobSlot child)
    {
        if (children is null) return;
        var index = children.BinarySearch(child, ByName);
        if (index >= 0) children.RemoveAt(index);
    }

    public int IndexOf(RunId id)
    {
        var runs = State.ActiveRuns;
        for (var i = 0; i < runs.Count; i++)
            if (runs[i].Id == id) return i;
        return -1;
    }

    public Run? Find(RunId id) => IndexOf(id) is >= 0 and var index ? State.ActiveRuns[index] : null;

    /// <summary>When the slot next needs a decision, in Unix ticks. Where launches are held, only timeouts do.
    /// </summary>
    public long DueTicks(bool isHeld)
    {
        var due = DueQueue.Never;
        if (!isHeld && !Job.Disabled && Next is { } at)
            due = Ceiling(Timetable!.StartOf(at)); // a next occurrence has its timetable
        foreach (var run in State.ActiveRuns.AsSpan())
            if (TimerOf(run) is { } timer && !(isHeld && run.RetryAt is not null))
                due = Math.Min(due, Ceiling(timer));
        return due;
    }

    /// <summary>When the run needs a decision by itself: its retry, or its timeout.</summary>
    public Instant? TimerOf(Run run)
    {
        if (run.RetryAt is { } retry) return retry;
        if (run.Kill is not null || run.State != RunState.Running) return null;
        return Job.Policy.Timeout is { } timeout && run.StartedAt is { } started
            ? Saturating.Plus(started, timeout)
            : null;
    }

    // The queue counts ticks of 100 ns. Rounded down, something would be due before its time, and not decided then.
    private static long Ceiling(Instant time)
    {
        var ticks = time.ToUnixTimeTicks();
        return Instant.FromUnixTimeTicks(ticks) < time ? ticks + 1 : ticks;
    }
}

/// <summary>How much of a slot has to be stored.</summary>
internal enum SlotChange : byte
{
    None,
    State,
    Definition,
}
