using NodaTime;

namespace Chronos.Simulation.Workload;

/// <summary>The pace of a world: how long it lasts, how often its jobs are due, how long tasks take.</summary>
/// <param name="Name">For people.</param>
/// <param name="Length">How long faults and edits go on.</param>
/// <param name="Calm">How long it must then work without any.</param>
/// <param name="Schedules">Schedules to choose from; <c>START</c> stands for a time near the beginning.</param>
/// <param name="LongestTask">How long tasks run at most.</param>
/// <param name="Epsilons">Epsilons to choose from.</param>
/// <param name="CommandCount">Commands of clients over the whole length.</param>
internal sealed record Profile(
    string Name,
    Duration Length,
    Duration Calm,
    IReadOnlyList<string> Schedules,
    Duration LongestTask,
    IReadOnlyList<Duration> Epsilons,
    int CommandCount)
{
    /// <summary>Something is due every few seconds, for an hour.</summary>
    public static readonly Profile Dense = new("dense", Duration.FromMinutes(50), Duration.FromMinutes(5),
        ["R/START/PT7S", "R/START/PT20S", "R//PT45S", "@every 30s", "*/15 * * * * *", "* * * * *", "*/2 * * * *",
            "R20/START/PT50S", "*/5 * * * *"],
        Duration.FromSeconds(40),
        [Duration.FromSeconds(1), Duration.FromSeconds(10), Duration.FromSeconds(60), Duration.FromMinutes(10)], 60);

    /// <summary>Something is due every hour or so, for two months.</summary>
    public static readonly Profile Steady = new("steady", Duration.FromDays(60), Duration.FromDays(1),
        ["0 */2 * * *", "R/START/PT1H", "R/START/PT5H", "15 4,16 * * *", "H 3 * * *", "R//PT8H", "R40/START/PT6H",
            "30 1 * * 1-5", "R/START/P1D"],
        Duration.FromHours(2), [Duration.FromSeconds(60), Duration.FromMinutes(30)], 80);

    /// <summary>Something is due every day or month, for a year with its changes of the clocks.</summary>
    public static readonly Profile Sparse = new("sparse", Duration.FromDays(365), Duration.FromDays(8),
        ["30 2 * * *", "15 1 * * 1", "0 0 1 * *", "R/START/P1D", "R/START/P1W", "R/START/P1M", "0 12 L * *", "@daily",
            "45 2 * * 0", "R//P2D", "@weekly", "0 9 15W * *"],
        Duration.FromHours(6), [Duration.FromSeconds(60), Duration.FromHours(2)], 120);
}
