using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>Something to store before anything is done about it.</summary>
public abstract record Change;

/// <summary>A job was created or its definition replaced: store definition and state.</summary>
/// <param name="Entry">Its place among what readers see.</param>
/// <param name="Snapshot">The job as it is now.</param>
public sealed record JobPut(JobEntry Entry, JobSnapshot Snapshot) : Change;

/// <summary>The state of a job changed: store it.</summary>
/// <param name="Entry">Its place among what readers see.</param>
/// <param name="Snapshot">The job as it is now.</param>
public sealed record JobStateChanged(JobEntry Entry, JobSnapshot Snapshot) : Change;

/// <summary>A job was deleted: remove both documents.</summary>
public sealed record JobDeleted(string Name) : Change;

/// <summary>A run reached its final state: keep it in the history.</summary>
/// <param name="Job">The definition at that time.</param>
/// <param name="Run">The run.</param>
public sealed record RunEnded(Job Job, Run Run) : Change;

/// <summary>Something happened to a job that is no run: keep it in the history.</summary>
/// <param name="At">When.</param>
/// <param name="JobName">The job.</param>
/// <param name="Kind">What.</param>
/// <param name="By">Who.</param>
/// <param name="Detail">More, as a sentence; empty: nothing.</param>
public sealed record JobEvent(Instant At, string JobName, JobEventKind Kind, Actor By, string Detail) : Change;

/// <summary>The kinds of <see cref="JobEvent"/>.</summary>
public enum JobEventKind
{
    /// <summary>The job was created.</summary>
    Created,

    /// <summary>Its definition was replaced.</summary>
    Updated,

    /// <summary>It was deleted.</summary>
    Deleted,

    /// <summary>It was enabled.</summary>
    Enabled,

    /// <summary>It was disabled.</summary>
    Disabled,

    /// <summary>A run was started by hand.</summary>
    RunStarted,

    /// <summary>Somebody asked to kill a run.</summary>
    KillRequested,

    /// <summary>It was marked as succeeded.</summary>
    MarkedSuccess,

    /// <summary>A backfill was started.</summary>
    BackfillStarted,

    /// <summary>A backfill ended or was cancelled.</summary>
    BackfillEnded,
}
