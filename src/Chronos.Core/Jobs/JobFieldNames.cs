using System.Collections.Frozen;

namespace Chronos.Core.Jobs;

/// <summary>The fields of job JSON, by dialect.</summary>
internal static class JobFieldNames
{
    /// <summary>Fields of Mesos Chronos that define a job.</summary>
    private static readonly string[] OfChronos =
    [
        "name", "command", "shell", "epsilon", "executor", "executorFlags", "taskInfoData", "retries", "owner",
        "ownerName", "description", "async", "cpus", "disk", "mem", "disabled", "softError", "dataProcessingJobType",
        "fetch", "uris", "environmentVariables", "arguments", "highPriority", "runAsUser", "concurrent",
        "maxCompletionTime", "container", "constraints", "parents", "schedule", "scheduleTimeZone",
    ];

    /// <summary>Fields that only the server writes. Chronos took them from clients, which reset the counters of every
    /// job that was posted without them.</summary>
    private static readonly string[] OfServer =
        ["successCount", "errorCount", "errorsSinceLastSuccess", "lastSuccess", "lastError"];

    /// <summary>Additions to Mesos Chronos that only make sense with a schedule.</summary>
    public static readonly string[] ScheduleAdditions =
        ["gap", "overlap", "missed", "jitter", "calendars", "excludedDates", "startAfter", "endBefore"];

    private static readonly string[] OtherAdditions =
    [
        "labels", "engine", "trigger", "retryDelay", "retryBackoff", "timeout", "killGracePeriod", "concurrency",
        "maxConcurrent", "onDoubt", "disableAfterFailures", "notify", "secrets", "workingDirectory", "gpus",
    ];

    /// <summary>Fields of <see cref="TaskOptions"/>.</summary>
    public static readonly FrozenSet<string> OfTask = FrozenSet.Create(
        StringComparer.Ordinal,
    [
        "engine", "shell", "arguments", "environmentVariables", "secrets", "workingDirectory", "runAsUser", "fetch",
        "uris", "executor", "executorFlags", "taskInfoData", "container", "constraints",
    ]);

    /// <summary>Fields of <see cref="RunPolicy"/>.</summary>
    public static readonly FrozenSet<string> OfPolicy = FrozenSet.Create(
        StringComparer.Ordinal,
    [
        "retries", "retryDelay", "retryBackoff", "timeout", "maxCompletionTime", "killGracePeriod", "concurrency",
        "concurrent", "maxConcurrent", "onDoubt", "disableAfterFailures", "softError", "async", "highPriority",
        "dataProcessingJobType", "notify",
    ]);

    public static readonly FieldNames Chronos = new(
        [.. OfChronos, .. OfServer, .. ScheduleAdditions, .. OtherAdditions]);

    public static readonly FieldNames Native = new([.. OfChronos, .. ScheduleAdditions, .. OtherAdditions]);

    public static readonly FieldNames Stored = new(["v", .. OfChronos, .. ScheduleAdditions, .. OtherAdditions]);

    public static readonly FieldNames Pair = new("name", "value");

    public static readonly FieldNames Label = new("key", "value");

    public static FieldNames Of(JobDialect dialect) => dialect switch
    {
        JobDialect.Chronos => Chronos,
        JobDialect.Native => Native,
        JobDialect.Stored => Stored,
        _ => throw new ArgumentOutOfRangeException(nameof(dialect), dialect, "Unknown dialect."),
    };

    /// <summary>What to tell about a name that fits no field but has a history; null: nothing.</summary>
    public static string? HintFor(string unknown) => unknown switch
    {
        "dataJob" => "dataProcessingJobType",
        "env" or "environment" => "environmentVariables",
        "cmd" => "command",
        "timezone" or "timeZone" => "scheduleTimeZone",
        "enabled" => "disabled",
        _ => null,
    };
}
