using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Schedules;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>Decides what has become due: occurrences, retries and timeouts.
/// <para>An occurrence that is late by no more than the job's epsilon is decided as if it were on time. Older ones are
/// missed; the job's policy says which of them run late, and the others are recorded with the reason, neighbours in one
/// record. Nothing is ever due twice, because the cursor moves with each decision and is stored with
/// it.</para></summary>
internal sealed class DueWork(Ledger ledger, RunStarter starter, RunFinisher finisher)
{
    // Counting for people stops here; a job of every second that was away for a year needs no exact number.
    private const int CountMax = 10_000;

    // Occurrences of one job decided in one go; more of them stay due and are decided in the next.
    private const int OccurrencesPerTurnMax = 100;

    /// <summary>Decides for the jobs that are due, each a decision of its own.</summary>
    public void Tick(Instant now)
    {
        var ticks = now.ToUnixTimeTicks();
        for (var i = 0; i < ledger.Options.DueJobsPerStepMax && ledger.Due.Earliest <= ticks; i++)
        {
            var slot = ledger.Due.First;
            DecideTimers(slot, now);
            if (!ledger.HoldsLaunches) DecideOccurrences(slot, now);
            ledger.Touch(slot);
            ledger.EndUnit();
        }
    }

    private void DecideTimers(JobSlot slot, Instant now)
    {
        foreach (var before in slot.State.ActiveRuns)
        {
            if (slot.Find(before.Id) is not { } run) continue; // ended as a consequence of another one's end
            if (slot.TimerOf(run) is not { } timer || timer > now) continue;
            if (run.RetryAt is not null)
            {
                if (!ledger.HoldsLaunches) Retry(slot, run, now);
            }
            else if (run.AwaitsCallback) TimeOutCallback(slot, run, now);
            else starter.RequestKill(slot, run, new(KillReason.Timeout, "system", now));
        }
    }

    private void Retry(JobSlot slot, Run run, Instant now)
    {
        if (slot.Job.Disabled)
            finisher.End(slot, run, RunState.Failed, "The job was disabled before the next attempt.", now);
        else
            starter.Launch(slot, run, now);
    }

    private void TimeOutCallback(JobSlot slot, Run run, Instant now) => finisher.FailAttempt(slot, run, new()
    {
        Number = run.Attempt,
        Outcome = RunState.Failed,
        StartedAt = run.StartedAt,
        EndedAt = now,
        ExitCode = 0,
        Message = "The completion callback did not come before the timeout.",
        Agent = run.Agent,
    }, now);

    private void DecideOccurrences(JobSlot slot, Instant now)
    {
        if (slot.Job.Disabled || slot.Job.Schedule is not { } schedule || slot.Next is not { } first) return;
        if (IsTooLate(slot.Timetable!, first, schedule, now)) DecideMissed(slot, schedule, now); // it has a next one
        var isBehind = schedule.Missed.Mode == MissedMode.All
            && slot.Next is { } due && slot.Timetable!.Next(due) is { } after && after.At <= now;
        for (var i = 0; i < OccurrencesPerTurnMax && IsDue(slot, now) && !slot.Job.Disabled; i++)
        {
            var occurrence = slot.NextOccurrence; // due: there is one
            MoveCursor(slot, occurrence.At);
            starter.Decide(slot, SeedFor(occurrence, isBehind, now), now);
        }
    }

    private static bool IsDue(JobSlot slot, Instant now) =>
        slot.Next is { } next && slot.Timetable!.StartOf(next) <= now; // a next one has its timetable

    // Late is what should have started long ago, and jitter puts the start off.
    private static bool IsTooLate(Timetable timetable, Instant occurrence, JobSchedule schedule, Instant now) =>
        timetable.StartOf(occurrence) < Saturating.Minus(now, schedule.Epsilon);

    private void DecideMissed(JobSlot slot, JobSchedule schedule, Instant now)
    {
        var horizon = Saturating.Minus(Saturating.Minus(now, schedule.Epsilon), Duration.Epsilon);
        var timetable = slot.Timetable!; // it has a next occurrence
        var from = slot.State.Cursor;
        if (timetable.Latest(from, horizon) is not { } last) return;
        if (!IsTooLate(timetable, last.At, schedule, now)) // only the last: jitter never reaches the next occurrence
        {
            if (timetable.Latest(from, last.At - Duration.Epsilon) is not { } before) return;
            last = before;
        }

        var late = LateRuns(timetable, schedule, from, last, now);
        var isSuperseded = schedule.Missed.Mode == MissedMode.Latest
            && timetable.Next(last.At) is { } after && after.At <= now;
        if (isSuperseded) late = [];
        RecordMissed(slot, from, late.Count > 0 ? late[0].At : Instant.MaxValue, last.At, now);
        MoveCursor(slot, last.At);
        foreach (var occurrence in late)
            if (!slot.Job.Disabled) starter.Decide(slot, SeedFor(occurrence, isCatchUp: true, now), now);
    }

    private static List<Occurrence> LateRuns(
        Timetable timetable, JobSchedule schedule, Instant from, Occurrence last, Instant now)
    {
        var policy = schedule.Missed;
        var oldest = Saturating.Minus(now, policy.Window);
        if (policy.Mode == MissedMode.None || last.At < oldest) return [];
        if (policy.Mode == MissedMode.Latest) return [last];
        var late = new List<Occurrence>();
        for (Occurrence? next = last; next is { } found && late.Count < policy.Limit && found.At >= oldest;)
        {
            late.Add(found);
            next = timetable.Latest(from, found.At - Duration.Epsilon);
        }

        late.Reverse();
        return late;
    }

    private void RecordMissed(JobSlot slot, Instant from, Instant until, Instant last, Instant now)
    {
        if (slot.Timetable!.Next(from) is not { } first || first.At >= until) return; // missed: it has a timetable
        var end = first.At;
        var count = 1;
        while (slot.Timetable.Next(end) is { } next && next.At < until && next.At <= last && count < CountMax)
        {
            end = next.At;
            count++;
        }

        var isExact = count < CountMax;
        if (!isExact) end = until == Instant.MaxValue
            ? last : slot.Timetable.Latest(end, until - Duration.Epsilon)?.At ?? end;
        var run = SeedFor(first, isCatchUp: false, now).ToRun(slot, now) with
        {
            State = RunState.Missed,
            Reason = ReasonMissed(slot.Job.Schedule!, now - end), // scheduled: it had occurrences
            EndedAt = now,
            Range = count > 1 ? new(end, isExact ? count : null) : null,
        };
        ledger.Changes.Add(new RunEnded(slot.Job, run));
        ledger.Say(new RunChanged(slot.Name, run));
        if (!slot.Job.Policy.Notify.IsEmpty)
            ledger.Effects.Add(new Notify(NotifyEvent.Missed, new(slot.Job, slot.State, slot.Next), run, now, default));
    }

    private static string ReasonMissed(JobSchedule schedule, Duration late)
    {
        var seconds = Math.Floor(late.TotalSeconds);
        var rule = schedule.Missed.Mode switch
        {
            MissedMode.None => "the job runs nothing late",
            MissedMode.Latest => "the job runs only the latest late",
            _ => "the job's limit for late runs was reached",
        };
        return $"Nothing could decide it in time ({seconds} s late, epsilon is {schedule.Epsilon.TotalSeconds} s), "
            + $"and {rule}.";
    }

    private void MoveCursor(JobSlot slot, Instant cursor)
    {
        ledger.Update(slot, slot.State with { Cursor = cursor, HasFired = true });
        slot.RefreshNext();
    }

    private static RunSeed SeedFor(Occurrence occurrence, bool isCatchUp, Instant now) =>
        new(RunCause.Schedule, occurrence.At, "")
        {
            IsCatchUp = isCatchUp,
            Reason = Explain(occurrence, isCatchUp, now),
        };

    private static string Explain(Occurrence occurrence, bool isCatchUp, Instant now)
    {
        if (isCatchUp) return $"Runs late, by {Math.Floor((now - occurrence.At).TotalSeconds)} s.";
        return occurrence.ShiftedFrom is { } wall ? $"Shifted from {wall:uuuu-MM-dd HH:mm:ss} by daylight saving." : "";
    }
}
