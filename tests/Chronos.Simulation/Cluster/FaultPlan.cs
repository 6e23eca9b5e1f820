using NodaTime;

namespace Chronos.Simulation.Cluster;

/// <summary>All chance of a simulation. Faults happen where something happens, not at some time: in a quiet year a
/// crash at a random minute would hit nothing.</summary>
internal sealed class FaultPlan(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>Whether anything goes wrong at present.</summary>
    public bool IsActive { get; set; } = true;

    /// <summary>How often things go wrong, as a factor; differs from world to world.</summary>
    public double Intensity { get; set; } = 1;

    /// <summary>Whether a fault of this probability happens now; never while none is to happen.</summary>
    public bool Strikes(double probability) => random.NextDouble() < probability * Intensity && IsActive;

    /// <summary>A choice that is no fault.</summary>
    public bool Chance(double probability) => random.NextDouble() < probability;

    public int Between(int lowest, int highest) => random.Next(lowest, highest + 1);

    public T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    /// <summary>A length between two.</summary>
    public Duration Between(Duration shortest, Duration longest) =>
        shortest + Duration.FromTicks((long)((longest - shortest).BclCompatibleTicks * random.NextDouble()));

    /// <summary>How long a message takes: mostly milliseconds, sometimes much longer.</summary>
    public Duration Delay()
    {
        var usual = Between(Duration.FromMilliseconds(0.2), Duration.FromMilliseconds(8));
        if (Strikes(0.01)) return Between(Duration.FromSeconds(1), Duration.FromSeconds(40));
        return Strikes(0.05) ? usual * 50 : usual;
    }
}
