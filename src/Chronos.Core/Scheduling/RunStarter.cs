using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Core.Scheduling;

/// <summary>Decides whether a run starts, waits or is skipped, and launches attempts.</summary>
internal sealed class RunStarter(Ledger ledger)
{
    private const string Draining = "The server is draining.";

    /// <summary>Called when a run that had begun was ended to make way for a newer one.</summary>
    public Action<JobSlot, Run, Instant>? Replaced { get; set; }

    /// <summary>Decides a run.</summary>
    /// <returns>The run as it now is: launched, waiting, or skipped with the reason.</returns>
    public Run Decide(JobSlot slot, in RunSeed seed, Instant now)
    {
        if (slot.Job.Disabled) return Skip(slot, seed, "The job is disabled.", now);
        if (seed.Cause.Kind == RunCauseKind.Backfill) return LaunchNew(slot, seed, now);

        var policy = slot.Job.Policy;
        return policy.Concurrency switch
        {
            Concurrency.Skip when seed.IsCatchUp => Enqueue(slot, seed, 1, now),
            Concurrency.Skip => FirstCounting(slot) is { } active
                ? Skip(slot, seed, Overlap(active), now)
                : LaunchNew(slot, seed, now),
            Concurrency.Allow => policy.MaxConcurrent > 0 && CountCounting(slot) >= policy.MaxConcurrent
                ? Skip(slot, seed, $"{policy.MaxConcurrent} runs are active, as many as maxConcurrent allows.", now)
                : LaunchNew(slot, seed, now),
            Concurrency.Queue => Enqueue(slot, seed, Math.Max(1, policy.MaxConcurrent), now),
            Concurrency.Replace => Replace(slot, seed, now),
            _ => throw new InvalidOperationException($"Unknown concurrency policy {policy.Concurrency}."),
        };
    }

    /// <summary>Launches waiting runs, as many as the job's policy has room for.</summary>
    public void LaunchWaiting(JobSlot slot, Instant now)
    {
        if (ledger.HoldsLaunches || slot.Job.Disabled) return;
        var room = RoomOf(slot);
        for (var i = 0; i < slot.State.ActiveRuns.Count; i++)
        {
            var run = slot.State.ActiveRuns[i];
            if (!WaitsForTurn(run) || (Counts(run) && room <= 0)) continue;
            Launch(slot, run with { Reason = "" }, now);
            if (Counts(run)) room--;
        }
    }

    /// <summary>Ends runs that wait for their turn, which will not come because the job is disabled.</summary>
    public void SkipWaiting(JobSlot slot, Instant now)
    {
        foreach (var run in slot.State.ActiveRuns)
            if (WaitsForTurn(run)) EndWaiting(slot, run.Ended(RunState.Skipped, "The job was disabled.", now));
    }

    /// <summary>Launches the next attempt of a run.</summary>
    public Run Launch(JobSlot slot, Run run, Instant now)
    {
        if (ledger.HoldsLaunches) return Store(slot, run with { Reason = Draining }); // its first: retries are not due
        return Send(slot, Store(slot, NextAttempt(slot, run)));
    }

    /// <summary>Launches the first attempt of a run that its job's state does not have yet.</summary>
    private Run LaunchNew(JobSlot slot, in RunSeed seed, Instant now)
    {
        var run = ledger.HoldsLaunches
            ? seed.ToRun(slot, now) with { Reason = Draining }
            : seed.ToLaunchedRun(slot, now);
        Append(slot, run);
        ledger.Say(new RunChanged(slot.Name, run));
        return ledger.HoldsLaunches ? run : Send(slot, run);
    }

    private static Run NextAttempt(JobSlot slot, Run run) => run with
    {
        State = RunState.Queued,
        Attempt = run.Attempt + 1,
        RetryAt = null,
        StartedAt = null,
        Reason = run.Attempt == 0 ? run.Reason : "",
        Agent = "",
        Engine = slot.Job.Task.Engine,
    };

    private Run Send(JobSlot slot, Run run)
    {
        ledger.Effects.Add(new LaunchRequest(slot.Job, run));
        return run;
    }

    /// <summary>Asks again for an attempt that its engine never got.</summary>
    public void Relaunch(JobSlot slot, Run run)
    {
        if (ledger.HoldsLaunches) return; // it is found again at the next start of the server
        var next = run.Engine == slot.Job.Task.Engine ? run : Store(slot, run with { Engine = slot.Job.Task.Engine });
        ledger.Effects.Add(new LaunchRequest(slot.Job, next));
    }

    /// <summary>Puts a changed run into its job's state.</summary>
    public Run Store(JobSlot slot, Run run)
    {
        ledger.Update(slot, slot.State with { ActiveRuns = slot.State.ActiveRuns.SetItem(slot.IndexOf(run.Id), run) });
        ledger.Say(new RunChanged(slot.Name, run));
        return run;
    }

    /// <summary>Wants the current attempt of a run to end.</summary>
    public void RequestKill(JobSlot slot, Run run, KillRequest request)
    {
        Store(slot, run with { Kill = request });
        SendKill(slot, run);
    }

    /// <summary>Tells the engine to end an attempt; also said again after a restart.</summary>
    public void SendKill(JobSlot slot, Run run) => ledger.Effects.Add(
        new Kill(run.AttemptId, slot.Name, run.Engine, slot.Job.Policy.KillGracePeriod));

    /// <summary>Whether a wish to kill says something new. After a timeout a retry would follow; a person or a newer
    /// run wants none.</summary>
    public static bool CanBeKilledFor(Run run, KillReason reason) =>
        run.Kill is null || (run.Kill.Reason == KillReason.Timeout && reason != KillReason.Timeout);

    /// <summary>Whether the run has been decided but not launched.</summary>
    public static bool WaitsForTurn(Run run) => run.Attempt == 0;

    /// <summary>Whether an engine has, or may have, the current attempt of the run.</summary>
    public static bool IsAtEngine(Run run) => run is { Attempt: > 0, RetryAt: null, AwaitsCallback: false };

    private Run Skip(JobSlot slot, in RunSeed seed, string reason, Instant now)
    {
        var skipped = seed.ToRun(slot, now).Ended(RunState.Skipped, reason, now);
        ledger.Changes.Add(new RunEnded(slot.Job, skipped));
        ledger.Say(new RunChanged(slot.Name, skipped));
        return skipped;
    }

    private void Append(JobSlot slot, Run run) =>
        ledger.Update(slot, slot.State with { ActiveRuns = slot.State.ActiveRuns.Add(run) });

    private Run Wait(JobSlot slot, Run run)
    {
        Append(slot, run);
        ledger.Say(new RunChanged(slot.Name, run));
        return run;
    }

    private Run Enqueue(JobSlot slot, in RunSeed seed, int max, Instant now)
    {
        if (CountCounting(slot) < max) return LaunchNew(slot, seed, now);
        if (CountWaiting(slot) >= ledger.Options.QueuedRunsMax)
            return Skip(slot, seed, $"{ledger.Options.QueuedRunsMax} runs of the job wait already.", now);
        return Wait(slot, seed.ToRun(slot, now) with { Reason = "Waits for earlier runs of the job." });
    }

    private Run Replace(JobSlot slot, in RunSeed seed, Instant now)
    {
        var run = seed.ToRun(slot, now);
        var isFree = true;
        foreach (var active in slot.State.ActiveRuns)
        {
            if (!Counts(active)) continue;
            var request = new KillRequest(KillReason.Replaced, run.Id.ToString(), now);
            if (IsAtEngine(active))
            {
                isFree = false;
                if (CanBeKilledFor(active, request.Reason)) RequestKill(slot, active, request);
            }
            else
            {
                EndReplaced(slot, active, request, now);
            }
        }

        if (isFree) return LaunchNew(slot, seed, now);
        return Wait(slot, run with { Reason = "Waits for the end of the run it replaces." });
    }

    private void EndReplaced(JobSlot slot, Run run, KillRequest request, Instant now)
    {
        var reason = $"Replaced by run {request.By}.";
        var state = run.Attempt == 0 ? RunState.Skipped : RunState.Killed;
        var ended = (run with { Kill = request }).Ended(state, reason, now);
        EndWaiting(slot, ended);
        if (state == RunState.Killed) Replaced?.Invoke(slot, ended, now);
    }

    private void EndWaiting(JobSlot slot, Run ended)
    {
        ledger.Update(slot, slot.State with { ActiveRuns = slot.State.ActiveRuns.RemoveAt(slot.IndexOf(ended.Id)) });
        ledger.Changes.Add(new RunEnded(slot.Job, ended));
        ledger.Say(new RunChanged(slot.Name, ended));
    }

    private static int RoomOf(JobSlot slot)
    {
        var launched = 0;
        foreach (var run in slot.State.ActiveRuns.AsSpan())
            if (Counts(run) && !WaitsForTurn(run)) launched++;
        var max = slot.Job.Policy.Concurrency == Concurrency.Queue ? Math.Max(1, slot.Job.Policy.MaxConcurrent) : 1;
        if (slot.Job.Policy.Concurrency == Concurrency.Allow)
            max = slot.Job.Policy.MaxConcurrent > 0 ? slot.Job.Policy.MaxConcurrent : int.MaxValue;
        return max - launched;
    }

    // Runs of a backfill have their own limit and neither block nor are blocked.
    private static bool Counts(Run run) => run.Cause.Kind != RunCauseKind.Backfill;

    private static int CountCounting(JobSlot slot)
    {
        var count = 0;
        foreach (var run in slot.State.ActiveRuns.AsSpan())
            if (Counts(run)) count++;
        return count;
    }

    private static int CountWaiting(JobSlot slot)
    {
        var count = 0;
        foreach (var run in slot.State.ActiveRuns.AsSpan())
            if (Counts(run) && WaitsForTurn(run)) count++;
        return count;
    }

    private static Run? FirstCounting(JobSlot slot)
    {
        foreach (var run in slot.State.ActiveRuns.AsSpan())
            if (Counts(run)) return run;
        return null;
    }

    private static string Overlap(Run active)
    {
        var nominal = InstantPattern.General.Format(active.Nominal);
        return active.RetryAt is { } retry
            ? $"The run of {nominal} waits for a retry at {InstantPattern.General.Format(retry)}."
            : $"The run of {nominal} is still active.";
    }
}
