using Chronos.Api;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Takes runs that ended together.</summary>
internal static class RunSummaries
{
    public static LastRunSummary Short(Run run) => new()
    {
        Id = run.Id.ToString(),
        State = Wire.Word(run.State),
        Nominal = Wire.At(run.Nominal),
        StartedAt = Wire.At(run.StartedAt),
        EndedAt = Wire.At(run.EndedAt ?? run.Nominal),
    };

    /// <param name="records">Newest first.</param>
    public static RunStatistics Of(IReadOnlyList<RunRecord> records)
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var (durations, waits) = (new List<double>(), new List<double>());
        foreach (var (_, _, _, run) in records)
        {
            var word = Wire.Word(run.State);
            outcomes[word] = outcomes.GetValueOrDefault(word) + 1;
            if (run is { StartedAt: { } start, EndedAt: { } end, State: RunState.Succeeded or RunState.Failed })
                durations.Add(Math.Max((end - start).TotalSeconds, 0));
            if (FirstStart(run) is { } first) waits.Add(Math.Max((first - run.Nominal).TotalSeconds, 0));
        }

        var succeeded = outcomes.GetValueOrDefault(Wire.Word(RunState.Succeeded));
        var decided = succeeded + outcomes.GetValueOrDefault(Wire.Word(RunState.Failed));
        return new()
        {
            Runs = records.Count,
            Since = records.Count == 0 ? null : Wire.At(records[^1].Run.Nominal),
            Outcomes = outcomes,
            SuccessRate = decided == 0 ? null : (double)succeeded / decided,
            Duration = Spread(durations),
            Waiting = Spread(waits),
        };
    }

    private static NodaTime.Instant? FirstStart(Run run)
    {
        foreach (var attempt in run.Attempts)
            if (attempt.StartedAt is { } start) return start;
        return run.StartedAt;
    }

    /// <summary>Percentiles by nearest rank: each is a value that occurred.</summary>
    private static Percentiles? Spread(List<double> values)
    {
        if (values.Count == 0) return null;
        values.Sort();
        return new(values.Average(), Rank(0.5), Rank(0.75), Rank(0.95), Rank(0.99), values[^1]);

        double Rank(double share) => values[Math.Max(0, (int)Math.Ceiling(share * values.Count) - 1)];
    }
}
