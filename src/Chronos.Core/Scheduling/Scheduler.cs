using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>Decides which jobs run. Synchronous and deterministic: the same inputs in the same order give the same
/// changes and effects, whenever and wherever they are evaluated. One instance lives for exactly one leadership, is
/// used by one thread, and knows neither clock nor disk nor engines.
/// <para>A step appends to <see cref="Changes"/> and <see cref="Effects"/>. The owner makes the changes durable, then
/// carries out the effects, then gives the answer; then it clears both.</para></summary>
public sealed class Scheduler
{
    private readonly Ledger ledger;
    private readonly RunStarter starter;
    private readonly DueWork due;
    private readonly JobEditor editor;
    private readonly ManualCommands manual;
    private readonly AttemptReports reports;
    private readonly RunFinisher finisher;

    /// <summary>A scheduler without jobs.</summary>
    public Scheduler(SchedulerOptions options)
    {
        ledger = new(options);
        starter = new(ledger);
        finisher = new(ledger, starter);
        starter.Replaced = finisher.AfterReplaced;
        due = new(ledger, starter, finisher);
        editor = new(ledger, starter);
        manual = new(ledger, starter, finisher);
        reports = new(ledger, starter, finisher);
    }

    /// <summary>What has to be stored, in order.</summary>
    public IReadOnlyList<Change> Changes => ledger.Changes;

    /// <summary>Where each decision ends in <see cref="Changes"/>: the changes before such a number, and after the one
    /// before it, are stored together or not at all.</summary>
    public IReadOnlyList<int> UnitEnds => ledger.UnitEnds;

    /// <summary>What has to be done afterwards, in order.</summary>
    public IReadOnlyList<Effect> Effects => ledger.Effects;

    /// <summary>When <see cref="Tick"/> next has something to decide; null: never, as things are.</summary>
    public Instant? NextDue =>
        ledger.Due.Earliest == DueQueue.Never ? null : Instant.FromUnixTimeTicks(ledger.Due.Earliest);

    /// <summary>The number of jobs.</summary>
    public int JobCount => ledger.Count;

    /// <summary>Takes a stored job, before the first step.</summary>
    /// <returns>Where readers are to see it, and as what.</returns>
    public (JobEntry Entry, JobSnapshot Snapshot) Restore(Job job, JobState state)
    {
        var timetable = ledger.TimetableFor(job, state.Anchor); // may throw, and then nothing was taken
        var slot = ledger.Add(job, state);
        slot.Define(job, timetable);
        ledger.Reschedule(slot);
        return (slot, new(job, state, slot.Next));
    }

    /// <summary>Ends restoring: links parents and children, asks again for what may not have been done before the
    /// last stop, and launches runs whose turn has come.</summary>
    /// <returns>Attempts that an engine may have; the owner asks the engines about them.</returns>
    public IReadOnlyList<LaunchedAttempt> Resume(Instant now)
    {
        var launched = new List<LaunchedAttempt>();
        foreach (var slot in ledger.All.Where(HasWork).OrderBy(s => s.Name, StringComparer.Ordinal))
        {
            ledger.Link(slot);
            foreach (var run in slot.State.ActiveRuns)
            {
                if (!RunStarter.IsAtEngine(run)) continue;
                launched.Add(new(run.AttemptId, slot.Name, run.Engine, run.State >= RunState.Starting));
                if (run.Kill is not null) starter.SendKill(slot, run);
            }

            starter.LaunchWaiting(slot, now);
            foreach (var backfill in slot.State.Backfills) finisher.AdvanceBackfill(slot, backfill, now);
            ledger.EndUnit();
        }

        return launched;

        // Of a million jobs, few; only these are worth sorting.
        static bool HasWork(JobSlot slot) =>
            !slot.Job.Parents.IsEmpty || !slot.State.ActiveRuns.IsEmpty || !slot.State.Backfills.IsEmpty;
    }

    /// <summary>Decides on one input.</summary>
    /// <returns>The answer; null for commands that have none.</returns>
    public Reply? Step(in Input input)
    {
        var reply = Decide(input.Command, input.At);
        ledger.EndUnit();
        return reply;
    }

    /// <summary>Forgets changes and effects, once the owner has taken them.</summary>
    public void ClearOutput()
    {
        ledger.Changes.Clear();
        ledger.Effects.Clear();
        ledger.UnitEnds.Clear();
    }

    private Reply? Decide(Command command, Instant now)
    {
        switch (command)
        {
            case Tick:
                due.Tick(now);
                return null;
            case HoldLaunches:
                ledger.HoldLaunches();
                return null;
            case AttemptReported report:
                reports.Handle(report.Status, report.Engine, now);
                return null;
            case PutJobs put: return editor.Put(put, now);
            case DeleteJob delete: return editor.Delete(delete, now);
            case SetDisabled set: return editor.SetDisabled(set, now);
            case StartRun start: return manual.Start(start, now);
            case KillRuns kill: return manual.Kill(kill, now);
            case MarkSuccess mark: return manual.Mark(mark, now);
            case CompleteRun complete: return manual.Complete(complete, now);
            case AddProgress progress: return manual.Progress(progress);
            case StartBackfill backfill: return manual.StartBackfill(backfill, now);
            case CancelBackfill cancel: return manual.CancelBackfill(cancel, now);
            default: throw new InvalidOperationException($"Unknown command {command.GetType().Name}.");
        }
    }
}

/// <summary>An attempt that an engine may have.</summary>
/// <param name="Id">The attempt.</param>
/// <param name="JobName">Name of its job.</param>
/// <param name="Engine">The engine; empty: the default one.</param>
/// <param name="HasBegun">Whether the engine has said that it is being prepared or runs.</param>
public readonly record struct LaunchedAttempt(AttemptId Id, string JobName, string Engine, bool HasBegun);
