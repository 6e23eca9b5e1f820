namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>Run times in milliseconds and what statistics tell of them.</summary>
internal sealed class RunTimeSample
{
    private readonly double[] sorted;

    public RunTimeSample(IEnumerable<double> milliseconds)
    {
        sorted = [.. milliseconds];
        Array.Sort(sorted);
    }

    /// <summary>No runs.</summary>
    public static readonly RunTimeSample Empty = new([]);

    /// <summary>The number of runs in the sample.</summary>
    public int Count => sorted.Length;

    /// <summary>The mean.</summary>
    public double Mean => Count == 0 ? 0 : sorted.Average();

    /// <summary>The shortest time.</summary>
    public double Min => Count == 0 ? 0 : sorted[0];

    /// <summary>The longest time.</summary>
    public double Max => Count == 0 ? 0 : sorted[^1];

    /// <summary>The standard deviation of the sample.</summary>
    public double Deviation
    {
        get
        {
            if (Count < 2) return 0;
            var mean = Mean;
            return Math.Sqrt(sorted.Sum(t => (t - mean) * (t - mean)) / (Count - 1));
        }
    }

    /// <summary>The time below which a part (0 to 1) of the runs stay, interpolated as Dropwizard does.</summary>
    public double Quantile(double part)
    {
        if (Count == 0) return 0;
        var position = part * (Count + 1);
        var index = (int)position;
        if (index < 1) return sorted[0];
        if (index >= Count) return sorted[^1];
        return sorted[index - 1] + ((position - index) * (sorted[index] - sorted[index - 1]));
    }

    /// <summary>The value by its name in the API; null: there is no such name.</summary>
    public double? Find(string name) => name switch
    {
        "median" => Quantile(0.5),
        "75thPercentile" => Quantile(0.75),
        "95thPercentile" => Quantile(0.95),
        "98thPercentile" => Quantile(0.98),
        "99thPercentile" => Quantile(0.99),
        "mean" => Mean,
        "count" => Count,
        _ => null,
    };
}
