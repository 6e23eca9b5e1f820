using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Simulation.Cluster;
using NodaTime;

namespace Chronos.Simulation.Checks;

/// <summary>Runs begin for a cause, go forward, retry as often and as late as their job says, end once with a reason,
/// and as their tasks really did.</summary>
internal sealed class RunChecker(Findings findings, Func<AttemptId, TaskTruth?> truthOf)
{
    private static readonly Duration DefaultRetryDelay = Duration.FromSeconds(60);
    private readonly HashSet<RunId> ended = [];
    private readonly HashSet<AttemptId> intended = [];
    private readonly Dictionary<string, (long Incarnation, RunId Run)> byKey = new(StringComparer.Ordinal);

    /// <summary>Whether an attempt's launch is durably decided.</summary>
    public bool IsIntended(AttemptId id) => intended.Contains(id);

    /// <summary>Runs that have ended.</summary>
    public int EndedCount => ended.Count;

    public void Take(CommittedUnit unit, JobModel model, JobState? before, JobState? after, Job jobBefore)
    {
        foreach (var run in unit.EndedOf(model.Name)) End(unit, model, Find(before, run.Id), run, jobBefore);
        foreach (var was in before?.ActiveRuns ?? default)
            findings.Require(Find(after, was.Id) is not null || ended.Contains(was.Id),
                $"{model.Name} lost its run {was.Id} without a record.");
        if (after is null) return;
        foreach (var run in after.ActiveRuns)
        {
            findings.Require(!ended.Contains(run.Id), $"{model.Name} has {run.Id} active, which has ended.");
            Follow(unit, model, Find(before, run.Id), run);
        }

        CheckKeys(model, after);
        CheckOverlap(model, before, after);
        CheckTurns(model, before, after, jobBefore);
        CheckGivesUp(unit, model);
        findings.Require(after.KeyedStarts.Count <= 32, $"{model.Name} keeps {after.KeyedStarts.Count} keys.");
    }

    private static Run? Find(JobState? state, RunId id)
    {
        foreach (var run in state?.ActiveRuns ?? default)
            if (run.Id == id) return run;
        return null;
    }

    private void End(CommittedUnit unit, JobModel model, Run? before, Run run, Job job)
    {
        findings.Require(ended.Add(run.Id), $"{model.Name} ended its run {run.Id} a second time.");
        findings.Require(run.State.IsFinal(), $"{model.Name} has {run.Id} in its history as {run.State}.");
        findings.Require(run.Reason.Length > 0 || run.State == RunState.Succeeded,
            $"{model.Name} ended {run.Id} as {run.State} without a reason.");
        findings.Require(run.EndedAt is not null, $"{model.Name} ended {run.Id} at no time.");
        if (before is null) findings.Require(run.State is RunState.Skipped or RunState.Missed,
            $"{model.Name} ended {run.Id} as {run.State}, and it never began.");
        else CheckCause(unit, model, run);
        for (var i = 0; i < run.Attempts.Count; i++)
            findings.Require(run.Attempts[i].Number == i + 1, $"{model.Name} {run.Id}: attempt {i + 1} is missing.");
        if (before is not null && run.Attempts.Count > before.Attempts.Count)
            CheckAttempt(model, before, run.Attempts[^1], job);
        var mayGiveUp = job.Disabled || before?.Kill is { Reason: not KillReason.Timeout }
            || (run.State == RunState.Lost && job.Policy.OnDoubt == DoubtPolicy.Skip);
        if (run.State is RunState.Failed or RunState.Lost && !mayGiveUp)
            findings.Require(run.Attempts.Count > job.Policy.Retries,
                $"{model.Name} gave {run.Id} up as {run.State} after {run.Attempts.Count} attempts.");
        CheckTaskIsOver(model, run, job);
    }

    private void CheckCause(CommittedUnit unit, JobModel model, Run run)
    {
        if (run.State == RunState.Killed) findings.Require(run.Kill is not null,
            $"{model.Name} ended {run.Id} as killed, and nobody asked for that. {unit.Time}");
    }

    private void Follow(CommittedUnit unit, JobModel model, Run? before, Run run)
    {
        if (run.Attempt > 0) intended.Add(run.AttemptId);
        if (before is null)
        {
            findings.Require(run.Attempt <= 1, $"{model.Name} began {run.Id} with attempt {run.Attempt}.");
            return;
        }

        var step = run.Attempt - before.Attempt;
        findings.Require(step is 0 or 1, $"{model.Name} {run.Id} went from {before.Attempt} to {run.Attempt}.");
        if (step == 0 && run.RetryAt is null && before.RetryAt is null)
            findings.Require(run.State >= before.State,
                $"{model.Name} {run.Id} went back from {before.State} to {run.State}.");
        if (step == 1 && before.Attempt > 0) CheckRetry(unit, model, before);
        if (run.Attempts.Count > before.Attempts.Count)
        {
            CheckAttempt(model, before, run.Attempts[^1], model.Job);
            CheckDelay(unit, model, run);
        }

        if (run.Kill is { Reason: KillReason.Timeout } kill && before.Kill is null)
            findings.Require(kill.At >= before.StartedAt + model.Job.Policy.Timeout,
                $"{model.Name} {run.Id} was killed at {kill.At}, before its timeout.");
    }

    private void CheckRetry(CommittedUnit unit, JobModel model, Run before)
    {
        findings.Require(before.RetryAt is not null, $"{model.Name} started {before.Id} again while it ran.");
        findings.Require(unit.Time.Until >= before.RetryAt || !unit.Time.IsSteady,
            $"{model.Name} retried {before.Id} at {unit.Time.Until}, before {before.RetryAt}.");
        findings.Require(!model.Job.Disabled, $"{model.Name} is disabled and retried {before.Id}.");
    }

    private void CheckDelay(CommittedUnit unit, JobModel model, Run run)
    {
        var policy = model.Job.Policy;
        findings.Require(run.RetryAt is not null && run.Attempt <= policy.Retries,
            $"{model.Name} retries {run.Id} after attempt {run.Attempt}; it has {policy.Retries} retries.");
        if (policy.Backoff != RetryBackoff.Constant || !unit.Time.IsSteady) return;
        var decided = run.RetryAt!.Value - (policy.RetryDelay ?? DefaultRetryDelay);
        var slack = Duration.FromMilliseconds(1); // delays are whole milliseconds
        findings.Require(decided <= unit.Time.Until + slack && decided >= unit.Time.From - slack,
            $"{model.Name} retries {run.Id} at {run.RetryAt}, which is not its delay after {unit.Time}.");
    }

    private void CheckAttempt(JobModel model, Run before, Attempt attempt, Job job)
    {
        var id = new AttemptId(before.Id, attempt.Number);
        findings.Require(attempt.Number == before.Attempt, $"{model.Name}: {id} ended, {before.Attempt} was current.");
        if (job.Policy.Async || before.AwaitsCallback) return; // a callback decides
        var truth = truthOf(id);
        var isTrue = attempt.Outcome switch
        {
            RunState.Succeeded => truth is { Phase: AttemptPhase.Finished },
            RunState.Lost => truth is { Phase: AttemptPhase.Gone or AttemptPhase.Doubtful },
            RunState.Killed => truth is null || truth.IsOver,
            RunState.Failed when before.Kill is { Reason: KillReason.Timeout } => truth is { IsOver: true },
            _ => truth is { Phase: AttemptPhase.Failed } && truth.ExitCode == attempt.ExitCode,
        };
        findings.Require(isTrue, $"{model.Name} says that {id} {attempt.Outcome}; in truth: {truth}.");
    }

    private void CheckTaskIsOver(JobModel model, Run run, Job job)
    {
        if (run.Attempt == 0 || job.Policy.Async || run.Kill is { Reason: KillReason.Deleted }) return;
        findings.Require(truthOf(run.AttemptId) is not { Phase: AttemptPhase.Running },
            $"{model.Name} ended {run.Id} as {run.State} while its task runs.");
    }

    private void CheckKeys(JobModel model, JobState after)
    {
        foreach (var run in after.ActiveRuns)
        {
            if (run.Arguments is not { } key || run.Cause.Kind != RunCauseKind.Manual) continue;
            if (!byKey.TryGetValue(key, out var first)) byKey[key] = (after.Incarnation, run.Id);
            else findings.Require(first.Incarnation != after.Incarnation || first.Run == run.Id,
                $"{model.Name} started {run.Id} for {key}, which had given {first.Run}.");
        }
    }

    private void CheckOverlap(JobModel model, JobState? before, JobState after)
    {
        if (model.HasMixedRules) return;
        var hasNew = after.ActiveRuns.Any(r => IsLaunched(r) && Find(before, r.Id) is not { Attempt: > 0 });
        if (!hasNew) return;
        var launched = after.ActiveRuns.Count(IsLaunched);
        findings.Require(launched <= MaxOf(model.Job), $"{model.Name} has {launched} runs at once.");
    }

    // Nothing starts while its job is disabled, and nothing waits while there is room for it.
    private void CheckTurns(JobModel model, JobState? before, JobState after, Job jobBefore)
    {
        foreach (var run in after.ActiveRuns)
            findings.Require(run.Attempt == 0 || !jobBefore.Disabled || !model.Job.Disabled
                || Find(before, run.Id)?.Attempt == run.Attempt, $"{model.Name} is disabled and launched {run.Id}.");
        if (model.Job.Disabled || !after.ActiveRuns.Any(r => r.Attempt == 0)) return;
        findings.Require(after.ActiveRuns.Count(IsLaunched) >= MaxOf(model.Job),
            $"{model.Name} lets runs wait although there is room.");
    }

    private void CheckGivesUp(CommittedUnit unit, JobModel model)
    {
        if (model.Job.Policy.DisableAfterFailures is not { } limit || limit == 0) return;
        var hasFailed = unit.EndedOf(model.Name).Any(r => r.State is RunState.Failed or RunState.Lost
            && r.Cause.Kind is RunCauseKind.Schedule or RunCauseKind.Parents);
        findings.Require(!hasFailed || model.ErrorsInARow < limit || model.Job.Disabled,
            $"{model.Name} failed {model.ErrorsInARow} times in a row and is not disabled.");
    }

    private static bool IsLaunched(Run run) => run.Attempt > 0 && run.Cause.Kind != RunCauseKind.Backfill;

    /// <summary>How many runs of a job may be under way at once.</summary>
    public static int MaxOf(Job job) => job.Policy.Concurrency switch
    {
        Concurrency.Allow => job.Policy.MaxConcurrent > 0 ? job.Policy.MaxConcurrent : int.MaxValue,
        Concurrency.Queue => Math.Max(1, job.Policy.MaxConcurrent),
        _ => 1,
    };
}
