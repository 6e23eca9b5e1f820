using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;

namespace Chronos.Simulation.Checks;

/// <summary>Every occurrence is decided once, in order, not early, not while disabled, and as missed only when it was
/// late. The occurrences come from the schedule library, which has its own oracle.</summary>
internal sealed class OccurrenceChecker(Findings findings)
{
    private static readonly Duration Patience = Duration.FromSeconds(3);

    /// <summary>While set, an occurrence must be decided within seconds.</summary>
    public bool IsCalm { get; set; }

    /// <summary>Occurrences decided so far.</summary>
    public long DecidedCount { get; private set; }

    public void Take(CommittedUnit unit, JobModel model, JobState? before, JobState after, Job jobBefore)
    {
        foreach (var run in NewRuns(unit, model.Name, before, after))
        {
            findings.Require(!jobBefore.Disabled, $"{model.Name} is disabled, and {run.Nominal} was decided.");
            Follow(model, run);
            if (run.State == RunState.Missed) CheckMissed(model, run);
            else CheckOnTime(unit, model, run);
        }

        findings.Require(after.Cursor == model.Cursor,
            $"{model.Name} has stored that it decided up to {after.Cursor}, and it did up to {model.Cursor}.");
        findings.Require(after.Anchor == (before is null || after.Anchor != before.Anchor
            ? after.UpdatedAt : before.Anchor), $"{model.Name} counts from {after.Anchor}, which nobody chose.");
    }

    /// <summary>What is due must have been decided.</summary>
    public static void CheckNothingIsOwed(JobModel model, Instant now, Findings findings)
    {
        if (model.Job.Disabled || model.Timetable?.Next(model.Cursor) is not { } next) return;
        findings.Require(model.Timetable.StartOf(next.At) > now - Patience,
            $"{model.Name} was due at {next.At}, it is {now}, and nothing was decided.");
    }

    private static IEnumerable<Run> NewRuns(CommittedUnit unit, string name, JobState? before, JobState after) =>
        unit.EndedOf(name).Concat(after.ActiveRuns)
            .Where(r => r.Cause.Kind == RunCauseKind.Schedule && before?.ActiveRuns.Any(a => a.Id == r.Id) != true)
            .OrderBy(r => r.Nominal);

    private void Follow(JobModel model, Run run)
    {
        var next = model.Timetable?.Next(model.Cursor);
        findings.Require(next?.At == run.Nominal,
            $"{model.Name} decided {run.Nominal}; after {model.Cursor} its next occurrence is {next?.At}.");
        var last = run.Range?.Last ?? run.Nominal;
        var count = 1;
        for (var at = run.Nominal; at < last && count < 10_000; count++)
        {
            at = model.Timetable?.Next(at)?.At ?? Instant.MaxValue;
            findings.Require(at <= last, $"{model.Name} missed {run.Nominal} to {last}; the latter is no occurrence.");
        }

        if (run.Range?.Count is { } told)
            findings.Require(told == count, $"{model.Name} missed {count} from {run.Nominal} to {last}, not {told}.");
        DecidedCount += count;
        model.Cursor = last;
    }

    private void CheckMissed(JobModel model, Run run)
    {
        var start = model.Timetable!.StartOf(run.Range?.Last ?? run.Nominal); // it has occurrences
        findings.Require(run.EndedAt - start > model.Job.Schedule!.Epsilon,
            $"{model.Name} missed {run.Nominal} at {run.EndedAt}, which is within epsilon.");
    }

    private void CheckOnTime(CommittedUnit unit, JobModel model, Run run)
    {
        var start = model.Timetable!.StartOf(run.Nominal); // it has occurrences
        var schedule = model.Job.Schedule!;
        findings.Require(run.CreatedAt >= start, $"{model.Name} decided {run.Nominal} early, at {run.CreatedAt}.");
        if (unit.Time.IsSteady)
            findings.Require(run.CreatedAt <= unit.Time.Until,
                $"{model.Name} decided {run.Nominal} at {run.CreatedAt}, in the future of {unit.Time.Until}.");
        var late = run.CreatedAt - start;
        findings.Require(late <= schedule.Epsilon || schedule.Missed.Mode != MissedMode.None,
            $"{model.Name} runs nothing late, and {run.Nominal} was decided {late} late.");
        findings.Require(late <= Patience || !IsCalm, $"{model.Name} decided {run.Nominal} {late} late.");
    }
}
