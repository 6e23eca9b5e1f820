namespace Chronos.Api;

/// <summary>How many runs schedules will start, step by step.</summary>
public sealed record LoadForecast
{
    /// <summary>Where the first step begins.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>How many minutes a step has.</summary>
    public required int StepMinutes { get; init; }

    /// <summary>Starts in each step.</summary>
    public required IReadOnlyList<int> Starts { get; init; }

    /// <summary>Jobs that will start in this time.</summary>
    public required int Jobs { get; init; }

    /// <summary>Every how manieth of those jobs was looked at; above 1 the numbers are scaled up from a sample.
    /// </summary>
    public required int SampledEvery { get; init; }
}
