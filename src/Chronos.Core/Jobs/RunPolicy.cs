using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>How runs of a job behave. Jobs that set none of these share <see cref="Default"/>.</summary>
public sealed record RunPolicy
{
    /// <summary>Extra attempts after the first; 0 to 100.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Delay before the first retry; null: the server's <c>--failure-retry</c> (60 s).</summary>
    public Duration? RetryDelay { get; init; }

    /// <summary>How the delay grows.</summary>
    public RetryBackoff Backoff { get; init; } = RetryBackoff.Constant;

    /// <summary>An attempt that runs longer is killed and counts as failed; null: no limit.</summary>
    public Duration? Timeout { get; init; }

    /// <summary>Time between the polite signal and the kill; null: the server's default (10 s).</summary>
    public Duration? KillGracePeriod { get; init; }

    /// <summary>What happens to a start while runs of the job are active.</summary>
    public Concurrency Concurrency { get; init; } = Concurrency.Skip;

    /// <summary>With <see cref="Concurrency.Allow"/>: how many may be active; 0: no limit. With
    /// <see cref="Concurrency.Queue"/>: how many may be active before one waits; 0 means 1.</summary>
    public int MaxConcurrent { get; init; }

    /// <summary>What happens when nobody can know whether an attempt ran.</summary>
    public DoubtPolicy OnDoubt { get; init; } = DoubtPolicy.Skip;

    /// <summary>The job is disabled after this many consecutive failed runs; 0: never; null: the server's
    /// <c>--disable-after-failures</c>.</summary>
    public int? DisableAfterFailures { get; init; }

    /// <summary>A run that failed counts as a success for the job's children.</summary>
    public bool SoftError { get; init; }

    /// <summary>A run that exits with 0 ends only when the completion callback says so.</summary>
    public bool Async { get; init; }

    /// <summary>Goes before other runs where runs wait for room.</summary>
    public bool HighPriority { get; init; }

    /// <summary>The job reports progress through the API.</summary>
    public bool DataProcessing { get; init; }

    /// <summary>Who is told about what.</summary>
    public ValueList<NotifyRule> Notify { get; init; }

    /// <summary>Two retries, skip on overlap, no timeout.</summary>
    public static readonly RunPolicy Default = new();
}

/// <summary>How the delay between attempts grows: delay × factor^(n-1), at most <see cref="Max"/>, then spread by
/// ± <see cref="Jitter"/> (a fraction, 0 to 1) with a value that is stable for the attempt.</summary>
public sealed record RetryBackoff(double Factor, Duration? Max, double Jitter)
{
    /// <summary>The same delay each time.</summary>
    public static readonly RetryBackoff Constant = new(1, null, 0);
}

/// <summary>What happens to a start while runs of the same job are active.</summary>
public enum Concurrency
{
    /// <summary>It is skipped, with the reason (Mesos Chronos: <c>concurrent: false</c>).</summary>
    Skip,

    /// <summary>It runs beside them (Mesos Chronos: <c>concurrent: true</c>).</summary>
    Allow,

    /// <summary>It waits for them, in order.</summary>
    Queue,

    /// <summary>They are killed, and it starts when they have ended.</summary>
    Replace,
}

/// <summary>What happens to a run when nobody can know whether its attempt ran or how it ended.</summary>
public enum DoubtPolicy
{
    /// <summary>It ends as lost: better not at all than twice.</summary>
    Skip,

    /// <summary>It counts as a failed attempt, so that retries run it again: better twice than not at all.</summary>
    Run,
}

/// <summary>Tells targets about events of a job.</summary>
/// <param name="On">Events; empty: failure, recovery and disabled.</param>
/// <param name="To">Targets: mail addresses, or names of configured channels.</param>
public sealed record NotifyRule(ValueList<NotifyEvent> On, ValueList<string> To);

/// <summary>What a notification is about.</summary>
public enum NotifyEvent
{
    /// <summary>A run failed after its last retry.</summary>
    Failure,

    /// <summary>An attempt failed and will be retried.</summary>
    Attempt,

    /// <summary>A run succeeded after a failed one.</summary>
    Recovery,

    /// <summary>A run succeeded.</summary>
    Success,

    /// <summary>An occurrence was missed or skipped.</summary>
    Missed,

    /// <summary>The job was disabled by failures or because its schedule ended.</summary>
    Disabled,

    /// <summary>The job was deleted.</summary>
    Removed,
}
