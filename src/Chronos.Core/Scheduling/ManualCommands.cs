using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>What people and tasks ask of runs.</summary>
internal sealed class ManualCommands(Ledger ledger, RunStarter starter, RunFinisher finisher)
{
    private const int KeyedStartsMax = 32;
    private const int ParallelismMax = 1000;
    private long startCount;
    private long backfillCount;

    public Reply Start(StartRun command, Instant now)
    {
        if (!ledger.TryFind(command.Name, out var slot)) return Refusal.NoJob(command.Name);
        var hash = command.Key is { } key ? StableHash.Of(key) : 0;
        if (command.Key is not null && FindKeyed(slot, hash) is { } earlier) return earlier;

        var cause = command.Repeats is { } repeated
            ? new RunCause(RunCauseKind.Repeat, repeated.Id.ToString())
            : new RunCause(RunCauseKind.Manual, command.By.Name);
        var nominal = command.Repeats?.Nominal ?? now;
        var run = starter.Decide(slot, new(cause, nominal, $"{now.ToUnixTimeTicks()}/{startCount++}")
        {
            Arguments = command.Arguments,
            Environment = command.Environment,
        }, now);
        if (command.Key is not null) Remember(slot, new(hash, run.Id, nominal));
        ledger.Record(now, command.Name, JobEventKind.RunStarted, command.By, run.Id.ToString());
        return new RunStarted(run, IsNew: true);
    }

    public Reply Kill(KillRuns command, Instant now)
    {
        if (!ledger.TryFind(command.Name, out var slot)) return Refusal.NoJob(command.Name);
        if (command.Run is { } id && slot.Find(id) is null) return Refusal.NoRun(id);
        foreach (var before in slot.State.ActiveRuns)
        {
            if (command.Run is { } only && before.Id != only) continue;
            if (slot.Find(before.Id) is not { } run) continue; // the end of another may have changed it
            ledger.Record(now, command.Name, JobEventKind.KillRequested, command.By, run.Id.ToString());
            KillOne(slot, run, new(KillReason.User, command.By.Name, now), now);
        }

        return Done.Instance;
    }

    public Reply Mark(MarkSuccess command, Instant now)
    {
        if (!ledger.TryFind(command.Name, out var slot)) return Refusal.NoJob(command.Name);
        var counters = slot.State.Counters;
        ledger.Update(slot, slot.State with
        {
            FinishedParents = default,
            Counters = counters with
            {
                SuccessCount = counters.SuccessCount + 1,
                ErrorsSinceLastSuccess = 0,
                LastSuccess = now,
            },
        });
        ledger.Record(now, command.Name, JobEventKind.MarkedSuccess, command.By);
        var asIf = new Run
        {
            Id = RunId.For(command.Name, slot.State.Incarnation, now, $"mark/{now.ToUnixTimeTicks()}/{startCount++}"),
            Cause = new(RunCauseKind.Manual, command.By.Name),
            Nominal = now,
            CreatedAt = now,
            State = RunState.Succeeded,
        };
        finisher.ReleaseChildren(slot, asIf, now);
        return Done.Instance;
    }

    public Reply Complete(CompleteRun command, Instant now)
    {
        if (!ledger.TryFind(command.Name, out var slot)) return Refusal.NoJob(command.Name);
        if (slot.Find(command.Run) is not { } run) return Refusal.NoRun(command.Run);
        if (!slot.Job.Policy.Async && !run.AwaitsCallback) // an edit may have made it wait in vain
            return Refusal.Conflict(
                "async", "false", "Only runs of async jobs are completed by callback.", "Set async to true.");
        if (run.State is not RunState.Running and not RunState.Starting)
            return Refusal.Conflict(
                "state", run.State.ToString(), "Only a run that has started can be completed.", "Call again later.");

        var attempt = new Attempt
        {
            Number = run.Attempt,
            Outcome = command.StatusCode == 0 ? RunState.Succeeded : RunState.Failed,
            StartedAt = run.StartedAt,
            EndedAt = now,
            ExitCode = command.StatusCode,
            Message = command.Message.Length > 0 ? command.Message : CallbackText(command.StatusCode),
            Agent = run.Agent,
        };
        if (command.StatusCode == 0) finisher.End(slot, run, attempt.Outcome, "", now, attempt);
        else
        {
            if (RunStarter.IsAtEngine(run)) starter.SendKill(slot, run); // a retry must not run beside it
            finisher.FailAttempt(slot, run, attempt, now);
        }

        return Done.Instance;
    }

    public Reply Progress(AddProgress command)
    {
        if (!ledger.TryFind(command.Name, out var slot)) return Refusal.NoJob(command.Name);
        if (slot.Find(command.Run) is not { } run) return Refusal.NoRun(command.Run);
        if (!slot.Job.Policy.DataProcessing)
            return Refusal.Invalid("dataProcessingJobType", "false", "Only data processing jobs report progress.",
                "Set dataProcessingJobType to true.");
        if (command.Elements < 0)
            return Refusal.Invalid("numAdditionalElementsProcessed", command.Elements.ToString(),
                "It must not be negative.", "Send 0 or more.");
        if (command.Elements > long.MaxValue - (run.Progress ?? 0))
            return Refusal.Invalid(
                "numAdditionalElementsProcessed", command.Elements.ToString(), "The sum is too large.", "Send less.");
        starter.Store(slot, run with { Progress = (run.Progress ?? 0) + command.Elements });
        return Done.Instance;
    }

    public Reply StartBackfill(StartBackfill command, Instant now)
    {
        if (!ledger.TryFind(command.Name, out var slot)) return Refusal.NoJob(command.Name);
        if (CheckBackfill(slot, command) is { } refusal) return refusal;
        var key = $"backfill/{now.ToUnixTimeTicks()}/{backfillCount++}";
        var id = RunId.For(command.Name, slot.State.Incarnation, now, key).ToString();
        var cursor = Saturating.Minus(command.From, Duration.Epsilon);
        var backfill = new Backfill(id, cursor, command.From, command.Until, command.Parallelism, command.By.Name);
        ledger.Update(slot, slot.State with { Backfills = slot.State.Backfills.Add(backfill) });
        ledger.Record(
            now, command.Name, JobEventKind.BackfillStarted, command.By, $"{id}: {command.From} to {command.Until}");
        finisher.AdvanceBackfill(slot, backfill, now);
        return new BackfillStarted(backfill);
    }

    public Reply CancelBackfill(CancelBackfill command, Instant now)
    {
        if (!ledger.TryFind(command.Name, out var slot)) return Refusal.NoJob(command.Name);
        for (var i = 0; i < slot.State.Backfills.Count; i++)
        {
            if (slot.State.Backfills[i].Id != command.Id) continue;
            ledger.Update(slot, slot.State with { Backfills = slot.State.Backfills.RemoveAt(i) });
            ledger.Record(now, command.Name, JobEventKind.BackfillEnded, command.By, command.Id);
            return Done.Instance;
        }

        return Refusal.Of(RefusalKind.NotFound, "id", command.Id, "The job has no such backfill.",
            "It may be over; list the job's backfills.");
    }

    private void KillOne(JobSlot slot, Run run, KillRequest request, Instant now)
    {
        if (RunStarter.IsAtEngine(run))
        {
            if (RunStarter.CanBeKilledFor(run, request.Reason)) starter.RequestKill(slot, run, request);
            else starter.SendKill(slot, run); // asked again: say it again
            return;
        }

        finisher.End(slot, run with { Kill = request }, RunState.Killed, $"Killed by {request.By}.", now);
    }

    private static RunStarted? FindKeyed(JobSlot slot, ulong hash)
    {
        foreach (var start in slot.State.KeyedStarts.AsSpan())
        {
            if (start.KeyHash != hash) continue;
            var run = slot.Find(start.Run) ?? new Run
            {
                Id = start.Run,
                Cause = new(RunCauseKind.Manual, ""),
                Nominal = start.Nominal,
                CreatedAt = start.Nominal,
            };
            return new(run, IsNew: false);
        }

        return null;
    }

    private void Remember(JobSlot slot, KeyedStart start)
    {
        var starts = slot.State.KeyedStarts;
        if (starts.Count >= KeyedStartsMax) starts = starts.RemoveAt(0);
        ledger.Update(slot, slot.State with { KeyedStarts = starts.Add(start) });
    }

    private Refused? CheckBackfill(JobSlot slot, StartBackfill command)
    {
        if (slot.Timetable is not { } timetable)
            return Refusal.Invalid(
                "name", command.Name, "Only a job with a schedule has occurrences to run.", "Start its runs by hand.");
        if (slot.Job.Disabled)
            return Refusal.Conflict("disabled", "true", "A disabled job runs nothing.", "Enable it first.");
        if (command.From >= command.Until)
            return Refusal.Invalid(
                "until", command.Until.ToString(), "It must be after 'from'.", "Swap or widen the range.");
        if (command.Parallelism is < 1 or > ParallelismMax)
            return Refusal.Invalid("parallelism", command.Parallelism.ToString(), $"It must be 1 to {ParallelismMax}.",
                "Choose a number in that range.");
        return CheckRange(timetable, command);
    }

    private Refused? CheckRange(Timetable timetable, StartBackfill command)
    {
        var max = ledger.Options.BackfillOccurrencesMax;
        var count = 0;
        var before = Saturating.Minus(command.From, Duration.Epsilon);
        for (var next = timetable.Next(before); next is { } found && found.At < command.Until;)
        {
            if (++count > max)
                return Refusal.Invalid("until", command.Until.ToString(), $"The range has more than {max} occurrences.",
                    "Choose a shorter range.");
            next = timetable.Next(found.At);
        }

        return count > 0
            ? null
            : Refusal.Invalid("from", command.From.ToString(), "The range has no occurrence of the schedule.",
                "Choose another range.");
    }

    private static string CallbackText(int code) => code == 0 ? "" : $"The completion callback said {code}.";
}
