using System.Globalization;
using System.Text;
using Chronos.Runtime.Node;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Metrics in Prometheus's text form, version 0.0.4.</summary>
internal static class PrometheusMetrics
{
    /// <summary>The content type of <see cref="Print"/>.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Prints all metrics.</summary>
    public static string Print(NodeFigures figures)
    {
        var text = new StringBuilder();
        Head(text, "chronos_jobs", "gauge", "Jobs.");
        Line(text, "chronos_jobs", figures.Jobs);
        Head(text, "chronos_runs_queued", "gauge", "Runs that wait.");
        Line(text, "chronos_runs_queued{priority=\"normal\"}", figures.Queued);
        Line(text, "chronos_runs_queued{priority=\"high\"}", figures.HighQueued);
        Head(text, "chronos_runs_running", "gauge", "Runs that start or run.");
        Line(text, "chronos_runs_running", figures.Running);
        Head(text, "chronos_broken_invariants", "gauge", "Jobs and runs that break a rule which must always hold.");
        foreach (var rule in Enum.GetValues<InvariantRule>())
            Line(text, $"chronos_broken_invariants{{rule=\"{rule.ToString().ToLowerInvariant()}\"}}",
                figures.BrokenInvariants.Count(r => r == rule));
        Head(text, "chronos_runs_ended_total", "counter", "Runs of present jobs that ended, by outcome.");
        Line(text, "chronos_runs_ended_total{outcome=\"success\"}", figures.Successes);
        Line(text, "chronos_runs_ended_total{outcome=\"failure\"}", figures.Failures);
        Head(text, "chronos_job_runs_ended_total", "counter", "Runs that ended, by job and outcome.");
        foreach (var (name, counters) in figures.PerJob)
        {
            // Names of jobs hold no quotes, backslashes or line breaks.
            var labels = $"chronos_job_runs_ended_total{{job=\"{name}\",outcome=";
            Line(text, labels + "\"success\"}", counters.SuccessCount);
            Line(text, labels + "\"failure\"}", counters.ErrorCount);
        }

        return text.ToString();
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private static void Line(StringBuilder text, string series, long value) =>
        text.Append(series).Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
