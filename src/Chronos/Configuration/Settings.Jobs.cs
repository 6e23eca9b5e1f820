using NodaTime;

namespace Chronos.Configuration;

public static partial class Settings
{
    public static readonly Setting<string> DefaultTimeZone = new("default-time-zone", ValueKinds.TimeZone, "UTC")
    {
        Description = "Zone of schedules that name none.",
    };

    public static readonly Setting<string> User = new("user", ValueKinds.Text, "")
    {
        Description = "User that runs the tasks of jobs without runAsUser. Empty: the user that runs the server.",
    };

    public static readonly Setting<double> TaskCpu = new("mesos-task-cpu", ValueKinds.Amount, 0.1)
    {
        Description = "Processors of jobs without cpus.",
    };

    public static readonly Setting<double> TaskMem = new("mesos-task-mem", ValueKinds.Amount, 128)
    {
        Description = "Memory of jobs without mem, in MiB.",
    };

    public static readonly Setting<double> TaskDisk = new("mesos-task-disk", ValueKinds.Amount, 256)
    {
        Description = "Disk of jobs without disk, in MiB.",
    };

    public static readonly Setting<Duration> TaskEpsilon =
        new("task-epsilon", ValueKinds.Seconds, Duration.FromSeconds(60))
        {
            Description = "How late an occurrence may be decided before it counts as missed, for jobs without epsilon.",
        };

    public static readonly Setting<Duration> FailureRetry =
        new("failure-retry", ValueKinds.Milliseconds, Duration.FromSeconds(60))
        {
            Description = "Delay before a retry, for jobs without retryDelay.",
        };

    public static readonly Setting<int> DisableAfterFailures =
        new("disable-after-failures", ValueKinds.Count(0, 1_000_000), 0)
        {
            Description = "Consecutive failed runs that disable a job without disableAfterFailures; 0: never.",
        };

    public static readonly Setting<int> MaxJobs = new("max-jobs", ValueKinds.Count(1, 100_000_000), 10_000_000)
    {
        Description = "Jobs that may exist; one more is refused.",
    };

    public static readonly Setting<int> MaxQueuedRuns =
        new("max-queued-runs", ValueKinds.Count(1, 1_000_000), 1000)
        {
            Description = "Runs of one job that may wait for another one; one more is skipped.",
        };

    public static readonly Setting<int> MaxBackfillRuns =
        new("max-backfill-runs", ValueKinds.Count(1, 1_000_000), 10_000)
        {
            Description = "Occurrences that one backfill may have.",
        };

    public static readonly Setting<int> JobHistoryLimit = new("job-history-limit", ValueKinds.Count(0, 1_000_000), 5)
    {
        Description = "Latest attempts that the Chronos-compatible statistics of a job list.",
    };

    public static readonly Setting<double> LocalCpus = new("local-cpus", ValueKinds.Amount, 0)
    {
        Description = "Processors that tasks on this machine may reserve altogether; 0: as many as there are.",
    };

    public static readonly Setting<double> LocalMem = new("local-mem", ValueKinds.Amount, 0)
    {
        Description = "Memory that tasks on this machine may reserve altogether, in MiB; 0: what the machine has.",
    };

    public static readonly Setting<string> LocalLimits =
        new("local-limits", ValueKinds.Choice("auto", "hard", "none"), "auto")
        {
            Description = "How a task is kept within its cpus and mem, as far as this machine permits. auto: a share "
                + "of processor time and idle time beyond it, and no more memory than mem; hard: also no processor "
                + "time beyond cpus; none: not at all.",
        };

    public static readonly Setting<string> LocalAttributes = new("local-attributes", ValueKinds.Text, "")
    {
        Description = "Attributes of this machine for constraints of jobs, such as rack=r1,disk=ssd; hostname is one "
            + "by itself.",
    };

    public static readonly Setting<long> OutputLimitBytes = new("output-limit-bytes", ValueKinds.Bytes, 10 << 20)
    {
        Description = "Bytes of each output stream of a task that are kept: its beginning and its end.",
    };

    public static readonly Setting<Duration> KillGrace =
        new("kill-grace", ValueKinds.Seconds, Duration.FromSeconds(10))
        {
            Description = "Time between the polite signal and the kill, for jobs without killGracePeriod.",
        };
}
