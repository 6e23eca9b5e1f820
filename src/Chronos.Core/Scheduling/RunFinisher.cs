using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>Ends attempts and runs, and draws the consequences: retries, counters, children, backfills, the runs that
/// waited.</summary>
internal sealed class RunFinisher(Ledger ledger, RunStarter starter)
{
    /// <summary>The current attempt failed, was lost, or ran out of time: retry, or end the run.</summary>
    public void FailAttempt(JobSlot slot, Run run, Attempt attempt, Instant now)
    {
        var isUnwanted = run.Kill is { Reason: not KillReason.Timeout };
        if (isUnwanted || run.Attempt > slot.Job.Policy.Retries)
        {
            var outcome = attempt.Outcome == RunState.Lost ? RunState.Lost : RunState.Failed;
            End(slot, run with { Kill = null }, outcome, attempt.Message, now, attempt);
            return;
        }

        var delay = RetryDelay.After(run.AttemptId, slot.Job.Policy, ledger.Options.RetryDelay);
        var waiting = starter.Store(slot, run with
        {
            State = RunState.Queued,
            Attempts = run.Attempts.Add(attempt),
            StartedAt = attempt.StartedAt,
            Kill = null,
            RetryAt = Saturating.Plus(now, delay),
            AwaitsCallback = false,
            Reason = $"Attempt {attempt.Number} failed: {Describe(attempt)} "
                + $"Retry {attempt.Number} of {slot.Job.Policy.Retries} follows.",
        });
        Notify(slot, NotifyEvent.Attempt, waiting, now);
    }

    /// <summary>Ends a run.</summary>
    /// <param name="slot">Its job.</param>
    /// <param name="run">The run.</param>
    /// <param name="outcome">How it ends.</param>
    /// <param name="reason">Why, as a sentence for people; empty where the outcome says it all.</param>
    /// <param name="now">The present time.</param>
    /// <param name="last">The attempt whose end ends the run; null: none does.</param>
    public void End(JobSlot slot, Run run, RunState outcome, string reason, Instant now, Attempt? last = null)
    {
        var hadFailed = slot.State.Counters.ErrorsSinceLastSuccess > 0;
        var endedAt = EndOf(run, last, now);
        var ended = run.Ended(outcome, reason, endedAt, last);
        ledger.Update(slot, slot.State with
        {
            ActiveRuns = slot.State.ActiveRuns.RemoveAt(slot.IndexOf(run.Id)),
            Counters = Count(slot.State.Counters, ended, now),
            LastRun = new(ended.Id, outcome, ended.Nominal, ended.StartedAt, endedAt),
        });
        ledger.Changes.Add(new RunEnded(slot.Job, ended));
        ledger.Say(new RunChanged(slot.Name, ended));
        NotifyEnd(slot, ended, hadFailed, now);
        DisableIfDone(slot, ended, now);
        ReleaseChildren(slot, ended, now);
        ContinueBackfill(slot, ended, now);
        starter.LaunchWaiting(slot, now);
    }

    // A task may have ended while the server was away; its run ended then, not when the news came.
    private static Instant EndOf(Run run, Attempt? last, Instant now)
    {
        if (last is null && run.RetryAt is null && run.Attempts is [.., var told] && told.Number == run.Attempt)
            last = told;
        return last is null ? now : Instant.Min(last.EndedAt, now);
    }

    /// <summary>Draws the consequences for a run that was ended because a newer one takes its place.</summary>
    public void AfterReplaced(JobSlot slot, Run ended, Instant now)
    {
        ledger.Update(slot, slot.State with
        {
            LastRun = new(ended.Id, ended.State, ended.Nominal, ended.StartedAt, now),
        });
        ReleaseChildren(slot, ended, now);
    }

    /// <summary>Counts an outcome of a parent for its children, and starts those whose parents have all finished.
    /// </summary>
    public void ReleaseChildren(JobSlot slot, Run ended, Instant now)
    {
        foreach (var child in slot.Children)
        {
            if (!Satisfies(child.Job.Trigger, ended.State, slot.Job.Policy.SoftError)) continue;
            var finished = child.State.FinishedParents;
            if (!Contains(finished, slot.Name)) finished = finished.Add(slot.Name);
            if (finished.Count < child.Job.Parents.Count)
            {
                ledger.Update(child, child.State with { FinishedParents = finished });
                continue;
            }

            ledger.Update(child, child.State with { FinishedParents = default });
            var cause = new RunCause(RunCauseKind.Parents, slot.Name);
            starter.Decide(child, new(cause, now, ended.Id.ToString()), now);
        }
    }

    /// <summary>Starts runs of a backfill, as many as it has room for, and drops it when it is through.</summary>
    public void AdvanceBackfill(JobSlot slot, Backfill backfill, Instant now)
    {
        var active = 0;
        foreach (var run in slot.State.ActiveRuns.AsSpan())
            if (run.Cause.Kind == RunCauseKind.Backfill && run.Cause.Detail == backfill.Id) active++;
        var cursor = backfill.Cursor;
        var isThrough = slot.Job.Disabled || slot.Timetable is null;
        while (!isThrough && active < backfill.Parallelism)
        {
            if (slot.Timetable!.Next(cursor) is not { } next || next.At >= backfill.Until) // not through: has one
            {
                isThrough = true;
                break;
            }

            cursor = next.At;
            active++;
            starter.Decide(slot, new(new(RunCauseKind.Backfill, backfill.Id), cursor, backfill.Id), now);
        }

        StoreBackfill(slot, backfill with { Cursor = cursor }, isThrough && active == 0, now);
    }

    /// <summary>Disables a job by the server's own decision.</summary>
    public void Disable(JobSlot slot, string reason, Instant now)
    {
        slot.Define(slot.Job with { Disabled = true }, slot.Timetable);
        ledger.Update(slot, slot.State with
        {
            DisabledReason = reason,
            Revision = slot.State.Revision + 1,
            UpdatedAt = now,
        });
        ledger.Touch(slot, SlotChange.Definition);
        ledger.Record(now, slot.Name, JobEventKind.Disabled, Actor.System, reason);
        starter.SkipWaiting(slot, now);
    }

    private static string Describe(Attempt attempt) =>
        attempt.Message.Length == 0 || attempt.Message.EndsWith('.') ? attempt.Message : attempt.Message + ".";

    private static JobCounters Count(JobCounters counters, Run run, Instant now) => run.State switch
    {
        RunState.Succeeded => counters with
        {
            SuccessCount = counters.SuccessCount + 1,
            ErrorsSinceLastSuccess = 0,
            LastSuccess = now,
        },
        RunState.Failed or RunState.Lost => counters with
        {
            ErrorCount = counters.ErrorCount + 1,
            ErrorsSinceLastSuccess = counters.ErrorsSinceLastSuccess + (CountsForDisabling(run) ? 1 : 0),
            LastError = now,
        },
        _ => counters,
    };

    // Somebody who tries a job by hand until it works should not switch it off by that.
    private static bool CountsForDisabling(Run run) => run.Cause.Kind is RunCauseKind.Schedule or RunCauseKind.Parents;

    private static bool Satisfies(ParentTrigger trigger, RunState outcome, bool softError)
    {
        var hasFailed = outcome is RunState.Failed or RunState.Lost;
        return trigger switch
        {
            ParentTrigger.Success => outcome == RunState.Succeeded || (hasFailed && softError),
            ParentTrigger.Failure => hasFailed && !softError,
            ParentTrigger.Completion => outcome is RunState.Succeeded or RunState.Killed || hasFailed,
            _ => throw new InvalidOperationException($"Unknown trigger {trigger}."),
        };
    }

    private static bool Contains(ValueList<string> names, string name)
    {
        foreach (var item in names.AsSpan())
            if (item == name) return true;
        return false;
    }

    private void DisableIfDone(JobSlot slot, Run ended, Instant now)
    {
        if (slot.Job.Disabled) return;
        var limit = slot.Job.Policy.DisableAfterFailures ?? ledger.Options.DisableAfterFailures;
        var failures = slot.State.Counters.ErrorsSinceLastSuccess;
        var isFailure = ended.State is RunState.Failed or RunState.Lost;
        if (isFailure && limit > 0 && failures >= limit && CountsForDisabling(ended))
            DisableAndTell(slot, ended, failures == 1
                ? "A run has failed." : $"{failures} runs in a row have failed.", now);
        else if (ended.State == RunState.Succeeded
            && slot is { Job.Schedule: not null, Next: null,
                State: { ActiveRuns.IsEmpty: true, Backfills.IsEmpty: true } })
            DisableAndTell(slot, ended, "All occurrences of its schedule have been decided.", now);
    }

    private void DisableAndTell(JobSlot slot, Run ended, string reason, Instant now)
    {
        Disable(slot, reason, now);
        Notify(slot, NotifyEvent.Disabled, ended, now);
    }

    private void ContinueBackfill(JobSlot slot, Run ended, Instant now)
    {
        if (ended.Cause.Kind != RunCauseKind.Backfill) return;
        foreach (var backfill in slot.State.Backfills)
            if (backfill.Id == ended.Cause.Detail) AdvanceBackfill(slot, backfill, now);
    }

    private void StoreBackfill(JobSlot slot, Backfill backfill, bool isOver, Instant now)
    {
        var backfills = slot.State.Backfills;
        var index = 0;
        while (backfills[index].Id != backfill.Id) index++;
        ledger.Update(slot, slot.State with
        {
            Backfills = isOver ? backfills.RemoveAt(index) : backfills.SetItem(index, backfill),
        });
        if (isOver) ledger.Record(now, slot.Name, JobEventKind.BackfillEnded, Actor.System, backfill.Id);
    }

    private void NotifyEnd(JobSlot slot, Run ended, bool hadFailed, Instant now)
    {
        if (ended.State is RunState.Failed or RunState.Lost) Notify(slot, NotifyEvent.Failure, ended, now);
        if (ended.State != RunState.Succeeded) return;
        if (hadFailed) Notify(slot, NotifyEvent.Recovery, ended, now);
        Notify(slot, NotifyEvent.Success, ended, now);
    }

    private void Notify(JobSlot slot, NotifyEvent what, Run? run, Instant now)
    {
        if (slot.Job.Policy.Notify.IsEmpty && slot.Job.Owner.Owner.Length == 0) return;
        var snapshot = new JobSnapshot(slot.Job, slot.State, slot.Next);
        var waiting = what == NotifyEvent.Failure ? Downstream.Of(slot) : default;
        ledger.Effects.Add(new Notify(what, snapshot, run, now, waiting));
    }
}
