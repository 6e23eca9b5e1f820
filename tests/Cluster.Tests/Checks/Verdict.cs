using System.Globalization;
using System.Text;
using Chronos.Cluster.Tests.Faults;

namespace Chronos.Cluster.Tests.Checks;

/// <summary>What became of all occurrences.</summary>
internal sealed class Verdict(IReadOnlyList<FaultRound> rounds)
{
    private const int ViolationsShown = 30;
    private readonly SortedDictionary<string, int> outcomes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> broken = new(StringComparer.Ordinal);
    private readonly List<string> shown = [];
    private readonly List<double> calmLateness = [];
    private readonly List<double> faultLateness = [];
    private readonly List<double> madeUpLateness = []; // after all had to stop

    public bool IsGood => broken.Count == 0;

    public int Started => outcomes.Where(o => o.Key.StartsWith("started", StringComparison.Ordinal)).Sum(o => o.Value);

    public void Count(string outcome) => outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;

    public void Break(string rule, string how)
    {
        broken[rule] = broken.GetValueOrDefault(rule) + 1;
        if (shown.Count < ViolationsShown) shown.Add($"{rule}: {how}");
    }

    /// <param name="seconds">How late a start was.</param>
    /// <param name="round">What it had to wait for; null: nothing.</param>
    public void AddLateness(double seconds, FaultRound? round) => (round switch
    {
        null => calmLateness,
        { Fault.StopsAll: true } => madeUpLateness,
        _ => faultLateness,
    }).Add(seconds);

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine("fault                            | rounds | outage p50 |      max | led twice");
        foreach (var group in rounds.GroupBy(round => round.Fault.Name))
        {
            var outages = group.Select(round => round.Outage).Order().ToList();
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{group.Key,-32} | {outages.Count,6} | {outages[outages.Count / 2],8:0.0} s | {outages[^1],6:0.0} s | "
                + $"{group.Count(round => round.IsUnsteady),9}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"late, undisturbed: {Quantiles(calmLateness)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"late beyond the outage: {Quantiles(faultLateness)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"late beyond that of the store: {Quantiles(madeUpLateness)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"{outcomes.Values.Sum()} occurrences: {Join(outcomes)}");
        text.AppendLine(IsGood ? "0 missed, 0 extra, 0 overlaps" : $"BROKEN: {Join(broken)}");
        foreach (var violation in shown) text.AppendLine(violation);
        return text.ToString();
    }

    private static string Join(SortedDictionary<string, int> counts) =>
        string.Join(", ", counts.Select(c => $"{c.Value} {c.Key}"));

    private static string Quantiles(List<double> seconds)
    {
        if (seconds.Count == 0) return "none";
        seconds.Sort();
        return string.Create(CultureInfo.InvariantCulture,
            $"p50 {seconds[seconds.Count / 2]:0.00} s, p99 {seconds[seconds.Count * 99 / 100]:0.00} s, "
            + $"max {seconds[^1]:0.00} s");
    }
}
