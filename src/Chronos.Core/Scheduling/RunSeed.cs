using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Core.Scheduling;

/// <summary>What is known of a run before it is decided.</summary>
/// <param name="Cause">What causes it.</param>
/// <param name="Nominal">Its nominal time.</param>
/// <param name="Key">Tells apart runs of one nominal time; empty for the schedule.</param>
internal readonly record struct RunSeed(RunCause Cause, Instant Nominal, string Key)
{
    /// <summary>Whether it makes up for a missed occurrence: such runs wait for each other where others would be
    /// skipped, or catching up would run only the first.</summary>
    public bool IsCatchUp { get; init; }

    public string Reason { get; init; } = "";

    public string? Arguments { get; init; }

    public ValueList<EnvironmentVariable> Environment { get; init; }

    /// <summary>The run, decided now and not launched yet.</summary>
    public Run ToRun(JobSlot slot, Instant now) => ToRun(slot, now, 0, "");

    /// <summary>The run, decided now and launched.</summary>
    public Run ToLaunchedRun(JobSlot slot, Instant now) => ToRun(slot, now, 1, slot.Job.Task.Engine);

    private Run ToRun(JobSlot slot, Instant now, int attempt, string engine) => new()
    {
        Id = RunId.For(slot.Name, slot.State.Incarnation, Nominal, Key),
        Cause = Cause,
        Nominal = Nominal,
        CreatedAt = now,
        Reason = Reason ?? "",
        Arguments = Arguments,
        Environment = Environment,
        Attempt = attempt,
        Engine = engine,
    };
}
