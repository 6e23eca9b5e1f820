using System.Diagnostics.CodeAnalysis;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>All jobs, and what the decisions of the present batch change and cause.</summary>
internal sealed class Ledger(SchedulerOptions options)
{
    private readonly JobIndex<JobSlot> slots = new(slot => slot.Name);
    private readonly List<JobSlot> touched = [];
    private readonly ScheduleCache schedules = new(options.DefaultZone);
    private long lastIncarnation;

    public SchedulerOptions Options { get; } = options;

    public DueQueue Due { get; } = new();

    /// <summary>Set while the node drains: decided runs wait for the next start of the server.</summary>
    public bool HoldsLaunches { get; private set; }

    public List<Change> Changes { get; } = [];

    public List<Effect> Effects { get; } = [];

    /// <summary>For each decision, the number of changes up to its end.</summary>
    public List<int> UnitEnds { get; } = [];

    public int Count => slots.Count;

    /// <summary>All slots, in no order that may decide anything.</summary>
    public IEnumerable<JobSlot> All => slots.Items;

    public JobSlot? Find(string name) => slots.Find(name);

    public bool TryFind(string name, [NotNullWhen(true)] out JobSlot? slot) => slots.TryFind(name, out slot);

    public Timetable? TimetableFor(Job job, Instant anchor) => Timetable.For(job, anchor, schedules);

    /// <summary>A number that no earlier job of this cluster had: it follows the clock, and never goes back.</summary>
    public long NewIncarnation(Instant now) =>
        lastIncarnation = Math.Max(lastIncarnation + 1, now.ToUnixTimeMilliseconds());

    public JobSlot Add(Job job, JobState state)
    {
        var slot = new JobSlot(job, state);
        slots.Add(slot);
        lastIncarnation = Math.Max(lastIncarnation, state.Incarnation);
        return slot;
    }

    public void Remove(JobSlot slot)
    {
        slots.Remove(slot.Name);
        Due.Remove(slot);
        slot.Pending = SlotChange.None;
        slot.IsRemoved = true;
        touched.Remove(slot);
        Changes.Add(new JobDeleted(slot.Name));
    }

    /// <summary>Links a slot below its parents, which must exist.</summary>
    public void Link(JobSlot slot)
    {
        foreach (var parent in slot.Job.Parents.AsSpan())
            if (TryFind(parent, out var above)) above.AddChild(slot);
    }

    public void Unlink(JobSlot slot)
    {
        foreach (var parent in slot.Job.Parents.AsSpan())
            if (TryFind(parent, out var above)) above.RemoveChild(slot);
    }

    /// <summary>Notes that a slot has to be stored at the end of the decision.</summary>
    public void Touch(JobSlot slot, SlotChange change = SlotChange.State)
    {
        if (slot.IsRemoved) return;
        if (slot.Pending == SlotChange.None) touched.Add(slot);
        if (change > slot.Pending) slot.Pending = change;
    }

    /// <summary>Replaces the state of a slot and notes that it has to be stored.</summary>
    public void Update(JobSlot slot, JobState state)
    {
        slot.State = state;
        Touch(slot);
    }

    public void Say(RunChanged change) => Effects.Add(change);

    public void Record(Instant at, string jobName, JobEventKind kind, Actor by, string detail = "") =>
        Changes.Add(new JobEvent(at, jobName, kind, by, detail));

    /// <summary>Ends a decision: its slots get their place in the due queue and their snapshots.</summary>
    public void EndUnit()
    {
        foreach (var slot in touched)
        {
            Reschedule(slot);
            var snapshot = new JobSnapshot(slot.Job, slot.State, slot.Next);
            Changes.Add(slot.Pending == SlotChange.Definition
                ? new JobPut(slot, snapshot)
                : new JobStateChanged(slot, snapshot));
            slot.Pending = SlotChange.None;
        }

        touched.Clear();
        if (Changes.Count > (UnitEnds.Count == 0 ? 0 : UnitEnds[^1])) UnitEnds.Add(Changes.Count);
    }

    public void Reschedule(JobSlot slot) => Due.Set(slot, slot.DueTicks(HoldsLaunches));

    /// <summary>Takes everything out of the due queue that would start something.</summary>
    public void HoldLaunches()
    {
        HoldsLaunches = true;
        foreach (var slot in slots.Items) Reschedule(slot);
    }
}
