using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>Turns what engines say into the states of runs. A status may be repeated, late or out of order; only one
/// about the current attempt of an active run moves anything.</summary>
internal sealed class AttemptReports(Ledger ledger, RunStarter starter, RunFinisher finisher)
{
    public void Handle(AttemptStatus status, string engine, Instant now)
    {
        if (!ledger.TryFind(status.JobName, out var slot) ||
            slot.Find(status.Id.Run) is not { } run || run.Attempt != status.Id.Number || !RunStarter.IsAtEngine(run))
        {
            HandleStray(status, engine, slot);
            return;
        }

        if (status.Phase < AttemptPhase.Finished) Progress(slot, run, status, now);
        else if (status.Phase == AttemptPhase.NeverStarted) HandleNeverStarted(slot, run, status, engine, now);
        else HandleEnd(slot, run, status, engine, now);
    }

    // Launches follow their durable decision, so an attempt that is unknown here belongs to a run that has ended or to
    // a job that was deleted: let its engine forget it, or stop it.
    private void HandleStray(AttemptStatus status, string engine, JobSlot? slot)
    {
        if (status.Phase >= AttemptPhase.Finished)
            ledger.Effects.Add(new Acknowledge(status.Id, engine));
        else
            ledger.Effects.Add(new Kill(status.Id, status.JobName, engine, slot?.Job.Policy.KillGracePeriod));
    }

    private void Progress(JobSlot slot, Run run, AttemptStatus status, Instant now)
    {
        var state = status.Phase switch
        {
            AttemptPhase.Waiting => RunState.Queued,
            AttemptPhase.Starting => RunState.Starting,
            _ => RunState.Running,
        };
        if (state < run.State) return; // late
        var next = run with
        {
            State = state,
            StartedAt = status.StartedAt ?? run.StartedAt ?? (state == RunState.Running ? now : null),
            Agent = status.Agent.Length > 0 ? status.Agent : run.Agent,
            Reason = status.Phase == AttemptPhase.Waiting ? status.Message : "",
        };
        if (next != run) starter.Store(slot, next);
    }

    private void HandleNeverStarted(JobSlot slot, Run run, AttemptStatus status, string engine, Instant now)
    {
        if (run.State == RunState.Running)
            HandleEnd(slot, run, status with { Phase = AttemptPhase.Doubtful }, engine, now); // it ran, and was lost
        else if (run.Kill is not null)
            HandleEnd(slot, run, status with { Phase = AttemptPhase.Killed }, engine, now);
        else
            starter.Relaunch(slot, run);
    }

    private void HandleEnd(JobSlot slot, Run run, AttemptStatus status, string engine, Instant now)
    {
        ledger.Effects.Add(new Acknowledge(status.Id, engine));
        var attempt = ToAttempt(slot.Job, run, status, now);
        switch (attempt.Outcome)
        {
            case RunState.Succeeded when slot.Job.Policy.Async:
                starter.Store(slot, run with
                {
                    State = RunState.Running,
                    AwaitsCallback = true,
                    StartedAt = attempt.StartedAt ?? now, // the timeout of the callback counts from here
                    Reason = "The command has ended; the run awaits its completion callback.",
                });
                break;
            case RunState.Succeeded:
                finisher.End(slot, run, attempt.Outcome, "", now, attempt);
                break;
            case RunState.Killed when run.Kill is { Reason: KillReason.User or KillReason.Replaced } kill:
                var by = kill.Reason == KillReason.User ? $"Killed by {kill.By}." : $"Replaced by run {kill.By}.";
                finisher.End(slot, run, attempt.Outcome, by, now, attempt);
                break;
            case RunState.Lost when status.Phase == AttemptPhase.Doubtful
                && slot.Job.Policy.OnDoubt == DoubtPolicy.Skip:
                finisher.End(slot, run, attempt.Outcome, attempt.Message, now, attempt);
                break;
            default:
                finisher.FailAttempt(slot, run, attempt, now);
                break;
        }
    }

    private static Attempt ToAttempt(Job job, Run run, AttemptStatus status, Instant now)
    {
        var outcome = OutcomeOf(job, run, status);
        return new()
        {
            Number = run.Attempt,
            Outcome = outcome,
            StartedAt = status.StartedAt ?? run.StartedAt,
            EndedAt = status.EndedAt ?? now,
            ExitCode = status.ExitCode,
            Signal = status.Signal,
            Message = MessageFor(run, status, outcome),
            Agent = status.Agent.Length > 0 ? status.Agent : run.Agent,
        };
    }

    private static RunState OutcomeOf(Job job, Run run, AttemptStatus status) => status.Phase switch
    {
        // An async command that ends politely when killed has not said that its work is done.
        AttemptPhase.Finished when run.Kill is null || !job.Policy.Async => RunState.Succeeded,
        _ when run.Kill is { Reason: not KillReason.Timeout } => RunState.Killed,
        AttemptPhase.Gone or AttemptPhase.Doubtful => RunState.Lost,
        _ when run.Kill is { Reason: KillReason.Timeout } => RunState.Failed,
        AttemptPhase.Failed or AttemptPhase.Killed => RunState.Failed,
        _ => throw new InvalidOperationException($"Phase {status.Phase} is not an end."),
    };

    private static string MessageFor(Run run, AttemptStatus status, RunState outcome)
    {
        if (run.Kill is { Reason: KillReason.Timeout } && outcome == RunState.Failed)
            return "Killed because it ran longer than the job's timeout.";
        if (status.Message.Length > 0) return status.Message;
        return status switch
        {
            { Phase: AttemptPhase.Finished } => "",
            { ExitCode: { } code } => $"Exit code {code}.",
            { Signal: { } signal } => $"Ended by signal {signal}.",
            _ => "The engine gave no reason.",
        };
    }
}
