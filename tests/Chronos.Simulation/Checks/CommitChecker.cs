using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Simulation.Checks;

/// <summary>Follows everything that becomes durable and compares each decision with what had to be decided.</summary>
internal sealed class CommitChecker
{
    private readonly SortedDictionary<string, JobModel> jobs = new(StringComparer.Ordinal);
    private readonly Findings findings;
    private readonly OccurrenceChecker occurrences;
    private readonly RunChecker runs;
    private readonly DependencyChecker dependencies;

    public CommitChecker(Findings findings, Func<AttemptId, Cluster.TaskTruth?> truthOf)
    {
        this.findings = findings;
        occurrences = new(findings);
        runs = new(findings, truthOf);
        dependencies = new(findings, jobs);
    }

    /// <summary>Jobs as they are durable, by name.</summary>
    public IReadOnlyDictionary<string, JobModel> Jobs => jobs;

    /// <summary>What is known of runs.</summary>
    public RunChecker Runs => runs;

    /// <summary>While set, nothing goes wrong, and what is due must be decided at once.</summary>
    public bool IsCalm
    {
        get => occurrences.IsCalm;
        set => occurrences.IsCalm = value;
    }

    /// <summary>Occurrences that were decided so far.</summary>
    public long OccurrenceCount => occurrences.DecidedCount;

    /// <summary>A batch became durable.</summary>
    public void Take(CommitBatch batch, DecisionTime time)
    {
        foreach (var unit in batch.Units) Take(new CommittedUnit(unit, time));
    }

    private void Take(CommittedUnit unit)
    {
        var before = new Dictionary<string, JobModelBefore>(StringComparer.Ordinal);
        foreach (var name in unit.States.Keys)
            if (jobs.TryGetValue(name, out var model)) before[name] = new(model, model.State, model.Job);
        Define(unit);
        dependencies.Take(unit, before);
        foreach (var (name, state) in unit.States)
        {
            var was = before.GetValueOrDefault(name);
            var model = state is null ? was.Model : jobs[name];
            if (model is null) continue;
            runs.Take(unit, model, was.State, state, was.Job ?? model.Job);
            if (state is null) continue;
            occurrences.Take(unit, model, was.State, state, was.Job ?? model.Job);
            model.State = state;
            CheckCounters(model);
        }

        CheckRecordsHaveStates(unit);
        foreach (var (name, state) in unit.States)
            if (state is null) jobs.Remove(name);
    }

    private void Define(CommittedUnit unit)
    {
        foreach (var (name, job) in unit.Definitions)
        {
            if (job is null) continue;
            var state = unit.States[name] ?? throw new InvalidOperationException($"{name} has no state.");
            var kinds = unit.EventsOf(name).ToList();
            findings.Require(kinds.Count > 0, $"The definition of {name} changed, and no event says so.");
            if (!jobs.TryGetValue(name, out var model))
            {
                jobs.Add(name, model = new(job, state));
                model.Create();
            }
            else if (kinds.All(e => e.Kind == JobEventKind.Disabled && e.By == Actor.System))
            {
                model.Disable(job);
            }
            else
            {
                findings.Require(unit.Time.Until >= state.UpdatedAt || !unit.Time.IsSteady,
                    $"{name} was edited at {state.UpdatedAt}, in the future.");
                model.Edit(job, state.UpdatedAt);
            }
        }
    }

    private void CheckCounters(JobModel model)
    {
        var counters = model.State.Counters;
        var told = (counters.SuccessCount, counters.ErrorCount, counters.ErrorsSinceLastSuccess);
        var counted = (model.Successes, model.Errors, model.ErrorsInARow);
        findings.Require(told == counted,
            $"{model.Name} says (successes, errors, in a row) {told}, and it had {counted}.");
    }

    private void CheckRecordsHaveStates(CommittedUnit unit)
    {
        foreach (var record in unit.Records.OfType<RunRecord>())
            findings.Require(unit.States.ContainsKey(record.JobName) || record.Run.State == RunState.Skipped,
                $"A run of {record.JobName} ended, and the job's state was not stored with it: {record.Run}.");
    }
}

/// <summary>A job before a decision.</summary>
internal readonly record struct JobModelBefore(JobModel? Model, JobState? State, Job? Job);
