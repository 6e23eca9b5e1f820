using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>One thing for the scheduler to decide on, with the time at which it came in. Everything that a decision
/// needs is in here or in the scheduler's state.</summary>
public readonly record struct Input(Instant At, Command Command);

/// <summary>What can be asked or told.</summary>
public abstract record Command;

/// <summary>Who asks, for the audit log.</summary>
/// <param name="Name">User or token name; <c>anonymous</c> without authentication.</param>
/// <param name="Address">Where from; empty: inside the server.</param>
public sealed record Actor(string Name, string Address)
{
    /// <summary>The server itself.</summary>
    public static readonly Actor System = new("system", "");
}

/// <summary>Time has passed: decide what is due. Answer: none.</summary>
public sealed record Tick : Command
{
    /// <summary>The only instance.</summary>
    public static readonly Tick Instance = new();
}

/// <summary>Creates or replaces jobs, all or none; parents may be among them in any order.
/// Answer: <see cref="JobsPut"/> or <see cref="Refused"/>.</summary>
/// <param name="Jobs">The definitions.</param>
/// <param name="By">Who asks.</param>
/// <param name="IfVersion">Only if the (one) job is of this version; null: always.</param>
public sealed record PutJobs(ValueList<Job> Jobs, Actor By, JobVersion? IfVersion = null) : Command;

/// <summary>From now on time starts nothing, and runs that are decided otherwise wait for the next start of the
/// server. Timeouts go on. There is no answer and no way back.</summary>
public sealed record HoldLaunches : Command
{
    /// <summary>The one instance.</summary>
    public static readonly HoldLaunches Instance = new();
}

/// <summary>Deletes a job and kills its runs. Answer: <see cref="Done"/> or <see cref="Refused"/>.</summary>
public sealed record DeleteJob(
    string Name, ChildPolicy Children, Actor By, JobVersion? IfVersion = null) : Command;

/// <summary>What happens to the children of a deleted job.</summary>
public enum ChildPolicy
{
    /// <summary>The deletion is refused while there are children.</summary>
    Refuse,

    /// <summary>They get the deleted job's parents or, where it had a schedule and they have no other parent, its
    /// schedule. What Mesos Chronos does, without losing fields.</summary>
    Inherit,

    /// <summary>They lose this parent; one without any parent left is only started by hand.</summary>
    Detach,

    /// <summary>They are deleted too, and theirs.</summary>
    Delete,
}

/// <summary>Enables or disables a job. Answer: <see cref="Done"/> or <see cref="Refused"/>.</summary>
public sealed record SetDisabled(string Name, bool Disabled, string Reason, Actor By) : Command;

/// <summary>Starts a run by hand. Answer: <see cref="RunStarted"/> or <see cref="Refused"/>.</summary>
/// <param name="Name">The job.</param>
/// <param name="Arguments">Replace the job's arguments; null: the job's own.</param>
/// <param name="Environment">Variables of this run only.</param>
/// <param name="Key">Idempotency key: among the last of a job, the same key gives the same run. Null: none.</param>
/// <param name="By">Who asks.</param>
/// <param name="Repeats">The run that is repeated; its nominal time is kept. Null: none.</param>
public sealed record StartRun(
    string Name,
    string? Arguments,
    ValueList<EnvironmentVariable> Environment,
    string? Key,
    Actor By,
    RepeatedRun? Repeats = null) : Command;

/// <summary>A run of the past that is to run again.</summary>
public sealed record RepeatedRun(RunId Id, Instant Nominal);

/// <summary>Kills a run, or all active runs of a job. Answer: <see cref="Done"/> or <see cref="Refused"/>.</summary>
/// <param name="Name">The job.</param>
/// <param name="Run">The run; null: all that are active.</param>
/// <param name="By">Who asks.</param>
public sealed record KillRuns(string Name, RunId? Run, Actor By) : Command;

/// <summary>Counts a job as succeeded now, without running it, and so releases its children.
/// Answer: <see cref="Done"/> or <see cref="Refused"/>.</summary>
public sealed record MarkSuccess(string Name, Actor By) : Command;

/// <summary>The completion callback of an async job. Answer: <see cref="Done"/> or <see cref="Refused"/>.</summary>
/// <param name="Name">The job.</param>
/// <param name="Run">The run.</param>
/// <param name="StatusCode">0: succeeded; else failed with this code.</param>
/// <param name="Message">What the task says; empty: nothing.</param>
/// <param name="By">Who calls.</param>
public sealed record CompleteRun(string Name, RunId Run, int StatusCode, string Message, Actor By) : Command;

/// <summary>Adds to the elements a run has processed. Answer: <see cref="Done"/> or <see cref="Refused"/>.</summary>
public sealed record AddProgress(string Name, RunId Run, long Elements) : Command;

/// <summary>Runs the occurrences of a range. Answer: <see cref="BackfillStarted"/> or <see cref="Refused"/>.</summary>
public sealed record StartBackfill(
    string Name, Instant From, Instant Until, int Parallelism, Actor By) : Command;

/// <summary>Stops a backfill; its active runs go on. Answer: <see cref="Done"/> or <see cref="Refused"/>.</summary>
public sealed record CancelBackfill(string Name, string Id, Actor By) : Command;

/// <summary>An engine says where an attempt stands. Answer: none.</summary>
/// <param name="Status">What it says.</param>
/// <param name="Engine">The engine.</param>
public sealed record AttemptReported(AttemptStatus Status, string Engine) : Command;
