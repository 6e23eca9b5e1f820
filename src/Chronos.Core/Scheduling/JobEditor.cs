using Chronos.Core.Dependencies;
using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>Creates, replaces, deletes, enables and disables jobs.
/// <para>A new job owes the occurrences since the start of its schedule, so a start in the past is caught up as its
/// missed policy says. An edited job owes nothing from before the edit but what is not older than epsilon, and nothing
/// that was decided already: editing never fires retroactively. Counters, runs and history stay.</para></summary>
internal sealed class JobEditor(Ledger ledger, RunStarter starter)
{
    public Reply Put(PutJobs command, Instant now)
    {
        if (Check(command) is { } refusal) return refusal;
        var created = 0;
        var slots = new List<JobSlot>(command.Jobs.Count);
        foreach (var job in command.Jobs)
        {
            if (ledger.TryFind(job.Name, out var slot))
            {
                Replace(slot, job, command.By, now);
            }
            else
            {
                created++;
                slot = Create(job, command.By, now);
            }

            slots.Add(slot);
        }

        foreach (var slot in slots) ledger.Link(slot); // after all exist: parents may come in any order
        foreach (var slot in slots) starter.LaunchWaiting(slot, now);
        return new JobsPut(created, slots.Select(s => new JobSnapshot(s.Job, s.State, s.Next)).ToValueList());
    }

    public Reply Delete(DeleteJob command, Instant now)
    {
        if (!ledger.TryFind(command.Name, out var slot)) return Refusal.NoJob(command.Name);
        if (command.IfVersion is { } version && version != slot.State.Version)
            return VersionMismatch(command.Name, version, slot.State.Version);
        if (command.Children == ChildPolicy.Refuse && slot.Children.Count > 0)
            return Refusal.Conflict("cascade", "refuse",
                $"Job '{command.Name}' is a parent of {Names(slot.Children)}.",
                "Delete them first, or choose what becomes of them: cascade=inherit, detach or delete.");

        if (command.Children == ChildPolicy.Delete) DeleteWithChildren(slot, command.By, now);
        else DeleteOne(slot, command.Children, command.By, now);
        return Done.Instance;
    }

    public Reply SetDisabled(SetDisabled command, Instant now)
    {
        if (!ledger.TryFind(command.Name, out var slot)) return Refusal.NoJob(command.Name);
        if (slot.Job.Disabled == command.Disabled) return Done.Instance;
        Define(slot, slot.Job with { Disabled = command.Disabled }, now);
        ledger.Update(slot, slot.State with { DisabledReason = command.Disabled ? command.Reason : "" });
        var kind = command.Disabled ? JobEventKind.Disabled : JobEventKind.Enabled;
        ledger.Record(now, command.Name, kind, command.By, command.Reason);
        if (!command.Disabled) starter.LaunchWaiting(slot, now);
        return Done.Instance;
    }

    private Refused? Check(PutJobs command)
    {
        var violations = new List<Violation>();
        var proposed = new Dictionary<string, Job>(StringComparer.Ordinal);
        foreach (var job in command.Jobs)
            if (!proposed.TryAdd(job.Name, job))
                violations.Add(new("name", job.Name, "The request defines this job twice.", "Keep one definition."));
        CheckParents(proposed, violations);
        if (violations.Count == 0) CheckCycles(proposed, violations);
        if (ledger.Count + proposed.Keys.Count(n => ledger.Find(n) is null) > ledger.Options.JobsMax)
            violations.Add(new(
                "", null, $"There may be at most {ledger.Options.JobsMax} jobs.", "Delete jobs, or raise the limit."));
        if (violations.Count > 0) return new(RefusalKind.Invalid, violations.ToValueList());
        if (command is not { IfVersion: { } expected, Jobs: [var only, ..] }) return null;
        var actual = ledger.Find(only.Name)?.State.Version ?? JobVersion.None;
        return actual == expected ? null : VersionMismatch(only.Name, expected, actual);
    }

    private void CheckParents(Dictionary<string, Job> proposed, List<Violation> violations)
    {
        foreach (var job in proposed.Values.OrderBy(j => j.Name, StringComparer.Ordinal))
            foreach (var parent in job.Parents)
                if (!proposed.ContainsKey(parent) && ledger.Find(parent) is null)
                    violations.Add(new("parents", parent, $"Parent of '{job.Name}' does not exist.",
                        "Create it first, send both in one request, or mend the name."));
    }

    private void CheckCycles(Dictionary<string, Job> proposed, List<Violation> violations)
    {
        var search = new CycleSearch(name =>
            proposed.TryGetValue(name, out var job) ? job.Parents : ledger.Find(name)?.Job.Parents ?? default);
        foreach (var name in proposed.Keys.Order(StringComparer.Ordinal))
            if (proposed[name].Parents.Count > 0 && search.FindFrom(name) is { } circle)
                violations.Add(new("parents", name, $"The parents form a circle: {string.Join(" needs ", circle)}.",
                    "Remove one of these parents."));
    }

    private JobSlot Create(Job job, Actor by, Instant now)
    {
        var timetable = ledger.TimetableFor(job, now);
        var slot = ledger.Add(job, new()
        {
            Incarnation = ledger.NewIncarnation(now),
            Revision = 1,
            CreatedAt = now,
            UpdatedAt = now,
            Anchor = now,
            Cursor = FirstCursor(timetable, now),
        });
        slot.Define(job, timetable);
        ledger.Touch(slot, SlotChange.Definition);
        ledger.Record(now, job.Name, JobEventKind.Created, by);
        return slot;
    }

    private void Replace(JobSlot slot, Job job, Actor by, Instant now)
    {
        ledger.Unlink(slot);
        Define(slot, job, now);
        ledger.Update(slot, slot.State with
        {
            DisabledReason = job.Disabled ? slot.State.DisabledReason : "",
            FinishedParents = slot.State.FinishedParents.Where(p => job.Parents.Contains(p)).ToValueList(),
        });
        ledger.Record(now, job.Name, JobEventKind.Updated, by);
    }

    private void Define(JobSlot slot, Job job, Instant now)
    {
        var before = slot.Job;
        var isReanchored = job.Schedule?.Text != before.Schedule?.Text
            || job.Schedule?.TimeZone != before.Schedule?.TimeZone;
        var anchor = isReanchored ? now : slot.State.Anchor;
        var timetable = ledger.TimetableFor(job, anchor);
        var isAwakened = before.Disabled && !job.Disabled;
        ledger.Update(slot, slot.State with
        {
            Revision = slot.State.Revision + 1,
            UpdatedAt = now,
            Anchor = anchor,
            HasFired = slot.State.HasFired && !isReanchored,
            Cursor = EditedCursor(slot, job, timetable, isReanchored, isAwakened, now),
        });
        slot.Define(job, timetable);
        ledger.Touch(slot, SlotChange.Definition);
        if (job.Disabled) starter.SkipWaiting(slot, now);
    }

    private static Instant FirstCursor(Timetable? timetable, Instant now)
    {
        if (timetable?.Schedule is not IsoSchedule iso) return now;
        // Its first occurrence is its start. Never in the future: an edit keeps the cursor where it is later.
        return Instant.Min(now, Saturating.Minus(iso.Start ?? now, Duration.FromTicks(1)));
    }

    private static Instant EditedCursor(
        JobSlot slot, Job job, Timetable? timetable, bool isReanchored, bool isAwakened, Instant now)
    {
        if (isAwakened) return Instant.Max(slot.State.Cursor, now);
        if (slot.Job.Schedule == job.Schedule) return slot.State.Cursor;
        var owedSince = Saturating.Minus(now, job.Schedule?.Epsilon ?? Duration.Zero);
        if (isReanchored) owedSince = Instant.Max(owedSince, FirstCursor(timetable, now));
        return Instant.Max(slot.State.Cursor, Instant.Min(owedSince, now));
    }

    private void DeleteWithChildren(JobSlot slot, Actor by, Instant now)
    {
        var open = new Stack<JobSlot>([slot]); // no recursion: a chain may be as long as there are jobs
        while (open.TryPeek(out var next))
        {
            if (next.Children.Count > 0) open.Push(next.Children[^1]);
            else DeleteOne(open.Pop(), ChildPolicy.Detach, by, now);
        }
    }

    private void DeleteOne(JobSlot slot, ChildPolicy policy, Actor by, Instant now)
    {
        foreach (var child in slot.Children.ToArray())
        {
            ledger.Unlink(child);
            Define(child, WithoutParent(child.Job, slot.Job, policy == ChildPolicy.Inherit), now);
            ledger.Update(child, child.State with
            {
                FinishedParents = child.State.FinishedParents.Where(p => p != slot.Name).ToValueList(),
            });
            ledger.Link(child);
            ledger.Record(now, child.Name, JobEventKind.Updated, by, $"Its parent {slot.Name} was deleted.");
        }

        foreach (var run in slot.State.ActiveRuns) EndWithJob(slot, run, by, now);
        ledger.Unlink(slot);
        ledger.Remove(slot);
        ledger.Record(now, slot.Name, JobEventKind.Deleted, by);
        if (!slot.Job.Policy.Notify.IsEmpty || slot.Job.Owner.Owner.Length > 0)
            ledger.Effects.Add(new Notify(NotifyEvent.Removed, new(slot.Job, slot.State, null), null, now, default));
    }

    private void EndWithJob(JobSlot slot, Run run, Actor by, Instant now)
    {
        if (RunStarter.IsAtEngine(run)) starter.SendKill(slot, run);
        var ended = (run with { Kill = new(KillReason.Deleted, by.Name, now) })
            .Ended(RunState.Killed, "Its job was deleted.", now);
        ledger.Changes.Add(new RunEnded(slot.Job, ended));
        ledger.Say(new RunChanged(slot.Name, ended));
    }

    private static Job WithoutParent(Job child, Job parent, bool inherits)
    {
        var parents = child.Parents.Where(p => p != parent.Name);
        if (inherits) parents = parents.Concat(parent.Parents);
        var left = parents.Distinct().Order(StringComparer.Ordinal).ToValueList();
        return child with { Parents = left, Schedule = inherits && left.IsEmpty ? parent.Schedule : child.Schedule };
    }

    private static Refused VersionMismatch(string name, JobVersion expected, JobVersion actual) => Refusal.Of(
        RefusalKind.RevisionMismatch, "revision", expected.Revision.ToString(), Difference(name, expected, actual),
        "Read it again and repeat the change.");

    private static string Difference(string name, JobVersion expected, JobVersion actual)
    {
        if (actual == JobVersion.None) return $"Job '{name}' does not exist.";
        if (expected == JobVersion.None) return $"Job '{name}' exists already.";
        return expected.Incarnation == actual.Incarnation
            ? $"Job '{name}' has changed; its revision is {actual.Revision}."
            : $"Job '{name}' was deleted and created again.";
    }

    private static string Names(IReadOnlyList<JobSlot> slots)
    {
        const int shown = 10;
        var names = string.Join(", ", slots.Take(shown).Select(s => $"'{s.Name}'"));
        return slots.Count > shown ? $"{names} and {slots.Count - shown} more" : names;
    }
}
