using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Simulation.Checks;

/// <summary>A child runs exactly when its parents say so, and each outcome is counted once.</summary>
internal sealed class DependencyChecker(Findings findings, SortedDictionary<string, JobModel> jobs)
{
    private readonly List<(string Child, string Parent)> released = [];
    private readonly List<RunRecord> replaced = [];

    public void Take(CommittedUnit unit, IReadOnlyDictionary<string, JobModelBefore> before)
    {
        released.Clear();
        replaced.Clear();
        replaced.AddRange(unit.Records.OfType<RunRecord>().Where(IsReplaced));
        foreach (var record in unit.Records)
        {
            if (record is RunRecord ended && (!IsReplaced(ended) || replaced.Remove(ended))) Count(ended);
            else if (record is EventRecord { Event: { Kind: JobEventKind.MarkedSuccess } marked }) Mark(marked);
        }

        CheckStarts(unit, before);
        foreach (var (name, state) in unit.States)
            if (state is not null) CheckProgress(jobs[name], state);
    }

    private void Count(RunRecord ended)
    {
        if (!jobs.TryGetValue(ended.JobName, out var job)) return;
        var run = ended.Run;
        if (run.Kill is { Reason: KillReason.Deleted }) return; // nobody depends on it any more
        if (run.State == RunState.Succeeded)
        {
            job.Successes++;
            job.ErrorsInARow = 0;
        }
        else if (run.State is RunState.Failed or RunState.Lost)
        {
            job.Errors++;
            if (run.Cause.Kind is RunCauseKind.Schedule or RunCauseKind.Parents) job.ErrorsInARow++;
        }

        Release(job, run.State);
    }

    private void Mark(JobEvent marked)
    {
        var job = jobs[marked.JobName];
        job.Successes++;
        job.ErrorsInARow = 0;
        job.Finished.Clear();
        Release(job, RunState.Succeeded);
    }

    private void Release(JobModel parent, RunState outcome)
    {
        foreach (var child in jobs.Values)
        {
            if (!child.Job.Parents.Contains(parent.Name)) continue;
            if (!Counts(child.Job.Trigger, outcome, parent.Job.Policy.SoftError)) continue;
            child.Finished.Add(parent.Name);
            if (child.Finished.Count < child.Job.Parents.Count) continue;
            child.Finished.Clear();
            released.Add((child.Name, parent.Name));
            // The child's new run may end its old one at once, which counts before the parent's next child does.
            if (replaced.Find(r => r.JobName == child.Name) is not { } old) continue;
            replaced.Remove(old);
            Count(old);
        }
    }

    private static bool IsReplaced(RunRecord record) =>
        record.Run is { State: RunState.Killed, Kill.Reason: KillReason.Replaced };

    private static bool Counts(ParentTrigger trigger, RunState outcome, bool isSoft) => outcome switch
    {
        RunState.Succeeded => trigger is ParentTrigger.Success or ParentTrigger.Completion,
        RunState.Killed => trigger == ParentTrigger.Completion,
        RunState.Failed or RunState.Lost => trigger == ParentTrigger.Completion
            || trigger == (isSoft ? ParentTrigger.Success : ParentTrigger.Failure),
        _ => false,
    };

    private void CheckStarts(CommittedUnit unit, IReadOnlyDictionary<string, JobModelBefore> before)
    {
        var started = new List<(string Child, string Parent)>();
        foreach (var record in unit.Records.OfType<RunRecord>())
            AddStarted(started, record.JobName, record.Run, before);
        foreach (var (name, state) in unit.States)
            foreach (var run in state?.ActiveRuns ?? default) AddStarted(started, name, run, before);
        started.Sort();
        released.Sort();
        findings.Require(started.SequenceEqual(released),
            $"Parents released {string.Join(", ", released)}; started were {string.Join(", ", started)}.");
    }

    private static void AddStarted(List<(string Child, string Parent)> started, string name, Run run,
        IReadOnlyDictionary<string, JobModelBefore> before)
    {
        if (run.Cause.Kind != RunCauseKind.Parents) return;
        if (before.GetValueOrDefault(name).State?.ActiveRuns.Any(r => r.Id == run.Id) == true) return;
        started.Add((name, run.Cause.Detail));
    }

    private void CheckProgress(JobModel model, JobState state) => findings.Require(
        model.Finished.SetEquals(state.FinishedParents),
        $"{model.Name} stored {string.Join('+', state.FinishedParents)}, not {string.Join('+', model.Finished)}.");
}
