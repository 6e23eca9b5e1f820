using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>Something to do after the decision is durable. Each may be done again after a crash.</summary>
public abstract record Effect;

/// <summary>End an attempt: politely, and after the grace period by force.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="JobName">Its job.</param>
/// <param name="Engine">The engine that has it.</param>
/// <param name="Grace">The grace period; null: the server's default.</param>
public sealed record Kill(AttemptId Attempt, string JobName, string Engine, Duration? Grace) : Effect;

/// <summary>The end of an attempt is durable; its engine may forget it.</summary>
public sealed record Acknowledge(AttemptId Attempt, string Engine) : Effect;

/// <summary>Tell people.</summary>
/// <param name="Event">About what.</param>
/// <param name="Snapshot">The job after the event.</param>
/// <param name="Run">The run, where there is one.</param>
/// <param name="At">When it happened.</param>
/// <param name="Waiting">Jobs downstream that now wait.</param>
public sealed record Notify(
    NotifyEvent Event, JobSnapshot Snapshot, Run? Run, Instant At, ValueList<string> Waiting) : Effect;

/// <summary>A run changed: tell those who watch.</summary>
public sealed record RunChanged(string JobName, Run Run) : Effect;

/// <summary>Start an attempt. What follows from job and run is worked out when it is asked for, by the engine and not
/// by the thread that decides.</summary>
/// <param name="Job">The definition at the time of the decision.</param>
/// <param name="Run">The run, with this attempt as its current one.</param>
public sealed record LaunchRequest(Job Job, Run Run) : Effect
{
    /// <summary>The attempt; an engine refuses to start the same one twice.</summary>
    public AttemptId Id => Run.AttemptId;

    /// <summary>The attempt's id in the form of Mesos Chronos, <c>ct:DUE:ATTEMPT:JOB:ARGUMENTS</c>.</summary>
    public string TaskId => new ChronosTaskId(Run.Nominal, Id.Number - 1, Job.Name, Arguments).ToString();

    /// <summary>Arguments of this run as one text; they follow the command.</summary>
    public string Arguments => Run.Arguments ?? string.Join(' ', Job.Task.Arguments);

    /// <summary>Whether a run by hand gave the arguments.</summary>
    public bool ArgumentsOverridden => Run.Arguments is not null;

    /// <summary>Every variable but <c>HOST</c>, which the engine adds: built-in ones first, none twice, secrets
    /// included. Builds a new list each time.</summary>
    public ValueList<EnvironmentVariable> Environment => TaskEnvironment.For(Job, Run, TaskId);
}
