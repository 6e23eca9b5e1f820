using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>What must hold of any job at any time. Each is cheap to check and says what to do where it does not hold.
/// </summary>
public enum InvariantRule
{
    /// <summary>What is due is decided.</summary>
    Overdue,

    /// <summary>A task that is to end ends.</summary>
    Stuck,

    /// <summary>An engine knows the attempts that were launched on it.</summary>
    Silent,

    /// <summary>A run that readers can find belongs to a job that has it.</summary>
    Orphaned,

    /// <summary>Numbers that are kept agree with what they count.</summary>
    Miscounted,
}

/// <summary>A rule that a job does not keep now. It may be about to: only one that stays is a violation.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="JobName">The job; empty: none.</param>
/// <param name="Run">The run; null: the job as such.</param>
/// <param name="Detail">What tells this suspicion from a later one, such as the state of the run.</param>
internal readonly record struct Suspicion(InvariantRule Rule, string JobName, RunId? Run, string Detail)
{
    /// <summary>How long it may last before it is a violation.</summary>
    public Duration Patience => Rule switch
    {
        InvariantRule.Stuck => Duration.FromMinutes(10),
        InvariantRule.Silent => Duration.FromMinutes(5),
        _ => Duration.FromSeconds(30),
    };

    /// <summary>What to do about it.</summary>
    public string Remedy => Rule switch
    {
        InvariantRule.Overdue => "Look for errors of the store and the loop in the log; a restart decides it.",
        InvariantRule.Stuck => "The engine does not end the task; look at its machine, and kill the run again.",
        InvariantRule.Silent => "The engine says nothing about the attempt; look at its health, or kill the run.",
        InvariantRule.Orphaned => "Restart the server: it reads what is durable. Please report this as a defect.",
        _ => "Restart the server: it counts anew. Please report this as a defect.",
    };
}

/// <summary>Looks at one job.</summary>
internal static class InvariantRules
{
    private static readonly Duration AskAgain = Duration.FromHours(1);

    /// <summary>Every rule that the job does not keep now.</summary>
    public static void Check(JobSnapshot snapshot, JobDirectory jobs, Instant now, Action<Suspicion> suspect)
    {
        var (job, state) = snapshot;
        if (!job.Disabled && snapshot.Next is { } due && job.Schedule is { } schedule && due + schedule.Jitter < now)
            suspect(new(InvariantRule.Overdue, job.Name, null, $"due at {due}"));
        if (state.Counters.ErrorsSinceLastSuccess > state.Counters.ErrorCount
            || state.FinishedParents.Count > job.Parents.Count)
            suspect(new(InvariantRule.Miscounted, job.Name, null, "counters or finished parents"));
        foreach (var run in state.ActiveRuns) Check(snapshot, run, jobs, now, suspect);
    }

    /// <summary>Whether an engine has, or should have, the current attempt.</summary>
    public static bool IsAtEngine(Run run) => run is { Attempt: > 0, RetryAt: null, AwaitsCallback: false };

    private static void Check(
        JobSnapshot snapshot, Run run, JobDirectory jobs, Instant now, Action<Suspicion> suspect)
    {
        var name = snapshot.Job.Name;
        if (jobs.FindByActiveRun(run.Id) is null) suspect(new(InvariantRule.Orphaned, name, run.Id, "not indexed"));
        if (run.RetryAt < now) suspect(new(InvariantRule.Overdue, name, run.Id, $"retry at {run.RetryAt}"));
        if (run is { State: RunState.Running, Kill: null, StartedAt: { } started }
            && snapshot.Job.Policy.Timeout < now - started)
            suspect(new(InvariantRule.Overdue, name, run.Id, "timeout"));
        if (run.Kill is { } kill)
            suspect(new(InvariantRule.Stuck, name, run.Id, $"attempt {run.Attempt} is to end since {kill.At}"));
        else if (IsAtEngine(run) && (run.State != RunState.Running || run.StartedAt < now - AskAgain))
            suspect(new(InvariantRule.Silent, name, run.Id, $"attempt {run.Attempt} is {run.State}"));
    }
}
