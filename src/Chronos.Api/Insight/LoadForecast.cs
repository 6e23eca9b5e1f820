namespace Chronos.Api;

/// <summary>How many runs schedules will start, minute by minute.</summary>
public sealed record LoadForecast
{
    /// <summary>Where the first minute begins.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Starts in each minute.</summary>
    public required IReadOnlyList<int> Minutes { get; init; }

    /// <summary>Jobs that will start in this time.</summary>
    public required int Jobs { get; init; }

    /// <summary>Every how manieth of those jobs was looked at; above 1 the numbers are scaled up from a sample.
    /// </summary>
    public required int SampledEvery { get; init; }
}
