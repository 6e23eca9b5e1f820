using System.Diagnostics;
using System.Globalization;
using Chronos.Cluster.Tests.Nodes;

namespace Chronos.Cluster.Tests.Failover;

/// <summary>Measures how long nobody decides when the leader dies, and when it hands over: until the next one has made
/// a change durable.</summary>
internal sealed class FailoverRun(NodeCluster cluster, FailoverPlan plan, Action<string> tell)
{
    private const int ImportBatch = 5_000;
    private static readonly TimeSpan HandOverAim = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private readonly List<double> kills = [];
    private readonly List<double> handOvers = [];

    /// <returns>Whether the aims were met.</returns>
    public async Task<bool> RunAsync()
    {
        await ImportAsync();
        var began = Stopwatch.GetTimestamp();
        for (var round = 0; round < plan.Rounds && Stopwatch.GetElapsedTime(began) < plan.Limit; round++)
        {
            kills.Add(await MeasureAsync(leader => leader.Process.KillAsync()));
            handOvers.Add(await MeasureAsync(leader => leader.Process.TerminateAsync()));
            tell(string.Create(CultureInfo.InvariantCulture,
                $"{round + 1,4}  killed {kills[^1],6:0.00} s, handed over {handOvers[^1],6:0.00} s"));
        }

        var aim = cluster.Options.Lease + TimeSpan.FromSeconds(1);
        return Report("leader killed", kills, aim) & Report("leader told to stop", handOvers, HandOverAim);
    }

    private async Task ImportAsync()
    {
        var leader = await cluster.LeaderAsync();
        var hour = (DateTime.UtcNow.Hour + 12) % 24; // none of them is due meanwhile
        var began = Stopwatch.GetTimestamp();
        for (var first = 0; first < plan.Jobs; first += ImportBatch)
            await leader.SendAsync(HttpMethod.Post, "/v1/jobs:bulk", Enumerable
                .Range(first, Math.Min(ImportBatch, plan.Jobs - first)).Select(i => Definition(i, hour)));
        tell($"{plan.Jobs} jobs imported in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
    }

    private static object Definition(int i, int hour) =>
        new { name = $"job-{i:0000000}", schedule = $"{i % 60} {hour} * * *", command = $"echo {i}" };

    private async Task<double> MeasureAsync(Func<ChronosNode, Task> end)
    {
        var leader = await cluster.LeaderAsync();
        await cluster.HasCopiesAsync(plan.Jobs);
        await Task.Delay(Settling * (1 + Random.Shared.NextDouble())); // a random moment between two renewals
        var began = Stopwatch.GetTimestamp();
        var ended = end(leader);
        await cluster.TakesChangesAsync(other: leader);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        await ended;
        leader.Process.Start();
        await cluster.AgreesAsync();
        return seconds;
    }

    private bool Report(string what, List<double> seconds, TimeSpan aim)
    {
        seconds.Sort();
        var p99 = seconds[(seconds.Count - 1) * 99 / 100];
        tell(string.Create(CultureInfo.InvariantCulture,
            $"| {cluster.Options.Store} | {what} | {seconds.Count} | {seconds[seconds.Count / 2]:0.00} s "
            + $"| {p99:0.00} s | {seconds[^1]:0.00} s | {aim.TotalSeconds:0.0} s |"));
        return p99 <= aim.TotalSeconds;
    }
}
