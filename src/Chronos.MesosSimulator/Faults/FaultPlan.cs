namespace Chronos.MesosSimulator.Faults;

/// <summary>What fails in a cluster, how often, all drawn from one seed: the same plan draws the same faults in the
/// same order for each kind. When they strike also depends on the threads of the process.</summary>
public sealed record FaultPlan
{
    /// <summary>Where all draws begin; default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Events to schedulers; default null: all arrive.</summary>
    public FaultRates? Events { get; init; }

    /// <summary>Calls of schedulers; default null: all are done.</summary>
    public CallFaultRates? Calls { get; init; }

    /// <summary>Masters take so long to look at a request; default none.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Event streams break about so often, between records and inside, or fall silent for a while; default
    /// null: never.</summary>
    public TimeSpan? StreamInterval { get; init; }

    /// <summary>About so often an agent loses its connection, or all messages without its master seeing it, or its
    /// process ends; default null: never.</summary>
    public TimeSpan? AgentInterval { get; init; }

    /// <summary>Agents come back after so long at most; default 1 s.</summary>
    public TimeSpan AgentAwayMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>About so often another master leads, or the only one again; default null: never.</summary>
    public TimeSpan? MasterInterval { get; init; }

    /// <summary>The kinds that <see cref="Of"/> knows.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["events", "calls", "latency", "streams", "agents", "masters"];

    /// <summary>Some of everything, by kind: enough that each kind strikes within a minute.</summary>
    /// <param name="kinds">Out of <see cref="Kinds"/>.</param>
    /// <param name="seed">Where all draws begin.</param>
    /// <exception cref="ArgumentException">A kind is none.</exception>
    public static FaultPlan Of(IEnumerable<string> kinds, int seed) => kinds.Aggregate(
        new FaultPlan { Seed = seed },
        static (plan, kind) => kind switch
        {
            "events" => plan with { Events = new(0.05, 0.05, 0.05, 0.05, TimeSpan.FromSeconds(2)) },
            "calls" => plan with { Calls = new(0.02, 0.02, 0.02, 0.02, 0) },
            "latency" => plan with { Latency = TimeSpan.FromMilliseconds(200) },
            "streams" => plan with { StreamInterval = TimeSpan.FromSeconds(30) },
            "agents" => plan with { AgentInterval = TimeSpan.FromSeconds(20), AgentAwayMax = TimeSpan.FromSeconds(10) },
            "masters" => plan with { MasterInterval = TimeSpan.FromSeconds(30) },
            _ => throw new ArgumentException(
                $"There is no kind of fault '{kind}'; choose from {string.Join(", ", Kinds)}.", nameof(kinds)),
        });
}
