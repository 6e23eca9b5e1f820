using System.Text.Json;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Metrics in the JSON form and under the names of Mesos Chronos. Its timers and Java meters have no
/// counterpart here and are left out.</summary>
internal static class DropwizardMetrics
{
    private const string TaskQueue = "org.apache.mesos.chronos.scheduler.jobs.TaskManager.";

    /// <summary>Writes the whole registry.</summary>
    public static void Write(
        Utf8JsonWriter json, NodeFigures figures, IReadOnlyDictionary<string, RunTimeSample> times)
    {
        json.WriteStartObject();
        json.WriteString("version", "3.0.0");
        json.WriteStartObject("gauges");
        WriteValue(json, TaskQueue + "highQueueSize", "value", figures.HighQueued);
        WriteValue(json, TaskQueue + "queueSize", "value", figures.Queued);
        WriteValue(json, "jobs.count", "value", figures.Jobs);
        WriteValue(json, "jobs.running", "value", figures.Running);
        json.WriteEndObject();

        json.WriteStartObject("counters");
        foreach (var (name, counters) in figures.PerJob)
            WriteValue(json, "jobs.run.failure." + name, "count", counters.ErrorCount);
        foreach (var (name, counters) in figures.PerJob)
            WriteValue(json, "jobs.run.success." + name, "count", counters.SuccessCount);
        WriteValue(json, "jobs.runs.failure", "count", figures.Failures);
        WriteValue(json, "jobs.runs.success", "count", figures.Successes);
        json.WriteEndObject();

        json.WriteStartObject("histograms");
        foreach (var (name, _) in figures.PerJob)
            if (times.TryGetValue(name, out var sample))
                WriteHistogram(json, "jobs.run.time." + name, sample);
        json.WriteEndObject();

        WriteEmpty(json, "meters");
        WriteEmpty(json, "timers");
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, string name, string member, long value)
    {
        json.WriteStartObject(name);
        json.WriteNumber(member, value);
        json.WriteEndObject();
    }

    private static void WriteHistogram(Utf8JsonWriter json, string name, RunTimeSample sample)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", sample.Count);
        json.WriteNumber("max", (long)sample.Max);
        ChronosJson.WriteDouble(json, "mean", sample.Mean);
        json.WriteNumber("min", (long)sample.Min);
        ChronosJson.WriteDouble(json, "p50", sample.Quantile(0.5));
        ChronosJson.WriteDouble(json, "p75", sample.Quantile(0.75));
        ChronosJson.WriteDouble(json, "p95", sample.Quantile(0.95));
        ChronosJson.WriteDouble(json, "p98", sample.Quantile(0.98));
        ChronosJson.WriteDouble(json, "p99", sample.Quantile(0.99));
        ChronosJson.WriteDouble(json, "p999", sample.Quantile(0.999));
        ChronosJson.WriteDouble(json, "stddev", sample.Deviation);
        json.WriteEndObject();
    }

    private static void WriteEmpty(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        json.WriteEndObject();
    }
}
