using System.Text.Json;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>Reads how runs of a job behave.</summary>
internal static class RunPolicyReader
{
    /// <summary>The longest time limit, delay or window: ten years.</summary>
    public static readonly Duration LengthMax = Duration.FromDays(3_650);

    private static readonly Duration Shortest = Duration.FromMilliseconds(1);
    private static readonly FieldNames BackoffNames = new("factor", "max", "jitter");
    private static readonly FieldNames NotifyNames = new("on", "to");

    public static RunPolicy Read(JsonFields fields)
    {
        var retries = fields.Reading.Defaults.Retries;
        if (retries == RunPolicy.Default.Retries && !fields.HasAny(JobFieldNames.OfPolicy)) return RunPolicy.Default;
        return fields.Reading.Share(new RunPolicy
        {
            Retries = fields.Whole("retries", 0, 100) ?? retries,
            RetryDelay = fields.Length("retryDelay", Duration.Zero, LengthMax),
            Backoff = ReadBackoff(fields),
            Timeout = ReadTimeout(fields),
            KillGracePeriod = fields.Length("killGracePeriod", Duration.Zero, Duration.FromDays(1)),
            Concurrency = ReadConcurrency(fields),
            MaxConcurrent = fields.Whole("maxConcurrent", 0, 10_000) ?? 0,
            OnDoubt = fields.Word("onDoubt", JobWords.Doubts) ?? DoubtPolicy.Skip,
            DisableAfterFailures = fields.Whole("disableAfterFailures", 0, 1_000_000),
            SoftError = fields.Flag("softError"),
            Async = fields.Flag("async"),
            HighPriority = fields.Flag("highPriority"),
            DataProcessing = fields.Flag("dataProcessingJobType"),
            Notify = fields.List("notify", (e, path) => ReadNotify(e, path, fields.Reading)),
        });
    }

    /// <summary>The whole seconds that Chronos would show for a time limit.</summary>
    public static int WholeSeconds(Duration timeout) => (int)Math.Ceiling(timeout.TotalSeconds);

    private static RetryBackoff ReadBackoff(JsonFields fields)
    {
        if (fields.Object("retryBackoff", BackoffNames) is not { } backoff) return RetryBackoff.Constant;
        var read = new RetryBackoff(
            backoff.Number("factor", 1, 100) ?? 1,
            backoff.Length("max", Shortest, LengthMax),
            backoff.Number("jitter", 0, 1) ?? 0);
        return read == RetryBackoff.Constant ? RetryBackoff.Constant : read;
    }

    private static Duration? ReadTimeout(JsonFields fields)
    {
        var timeout = fields.Length("timeout", Shortest, LengthMax);
        var seconds = fields.Whole("maxCompletionTime", 0, WholeSeconds(LengthMax));
        if (timeout is null) return seconds is null or 0 ? null : Duration.FromSeconds(seconds.Value);
        if (seconds is not null && seconds != WholeSeconds(timeout.Value))
        {
            fields.Reading.Log.Refuse("maxCompletionTime", seconds.ToString(),
                "'timeout' and 'maxCompletionTime' must agree where both are given.", "Remove 'maxCompletionTime'.");
        }

        return timeout;
    }

    private static Concurrency ReadConcurrency(JsonFields fields)
    {
        var concurrent = fields.FlagOrNull("concurrent");
        if (fields.Word("concurrency", JobWords.Concurrencies) is not { } concurrency)
            return concurrent == true ? Concurrency.Allow : Concurrency.Skip;
        if (concurrent is { } allowed && allowed != (concurrency == Concurrency.Allow))
        {
            fields.Reading.Log.Refuse("concurrent", allowed ? "true" : "false",
                "'concurrent' must be true for concurrency 'allow' and false for the others.", "Remove 'concurrent'.");
        }

        return concurrency;
    }

    private static NotifyRule? ReadNotify(JsonElement element, string path, JobReading reading)
    {
        if (JsonFields.Open(element, path, NotifyNames, reading) is not { } rule) return null;
        var targets = rule.Texts("to");
        if (!reading.Log.HasRefused(rule.At("to")) && (targets.IsEmpty || targets.Contains("")))
        {
            reading.Log.Refuse(rule.At("to"), (string?)null, "A rule needs targets, and none may be empty.",
                "Name mail addresses or configured channels: [\"ops@example.org\"].");
        }

        return new(rule.Words("on", JobWords.NotifyEvents), targets);
    }
}
