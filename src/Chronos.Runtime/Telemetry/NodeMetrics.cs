using System.Diagnostics.Metrics;
using Chronos.Runtime.Node;
using NodaTime;

namespace Chronos.Runtime.Telemetry;

/// <summary>What a node measures about itself. All names of metrics are in this file.</summary>
public sealed class NodeMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Chronos";

    /// <summary>Those of this process. They count on from one leadership to the next.</summary>
    public static readonly NodeMetrics OfProcess = new();

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> decisions;
    private readonly Counter<long> commits;
    private readonly Histogram<double> lateness;

    /// <summary>Makes the instruments.</summary>
    public NodeMetrics()
    {
        decisions = meter.CreateCounter<long>("chronos.decisions", description: "Decisions made durable");
        commits = meter.CreateCounter<long>("chronos.commits", description: "Batches committed to the store");
        lateness = meter.CreateHistogram<double>("chronos.lateness", "s", "Time from due to decided");
        meter.CreateObservableGauge("chronos.broken.invariants", MeasureInvariants, description:
            "Jobs and runs that break a rule which must always hold");
    }

    /// <summary>Rules that are broken now, one entry for each job or run that breaks one.</summary>
    internal IReadOnlyList<InvariantRule> BrokenInvariants { get; set; } = [];

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    internal void Batch(int units)
    {
        commits.Add(1);
        decisions.Add(units);
    }

    internal void Lateness(Duration late) => lateness.Record(late.TotalSeconds);

    private IEnumerable<Measurement<int>> MeasureInvariants()
    {
        var broken = BrokenInvariants;
        foreach (var rule in Enum.GetValues<InvariantRule>())
            yield return new(broken.Count(r => r == rule), new KeyValuePair<string, object?>("rule", $"{rule}"));
    }
}
