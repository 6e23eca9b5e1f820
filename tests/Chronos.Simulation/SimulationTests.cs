using System.Collections.Concurrent;
using System.Globalization;
using Chronos.Simulation.Workload;
using NodaTime;
using Xunit;

namespace Chronos.Simulation;

public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int FixedSeeds = 90;
    private const int FreshSeeds = 40;
    private const double ClusterYearsMin = 20;

    /// <summary>Seeds that once found a mistake in the product.</summary>
    public static TheoryData<int> SeedsOfMistakes => [5, 81, 1_976_103_006];

    [Theory]
    [MemberData(nameof(SeedsOfMistakes))]
    public void Seed_ThatFoundAMistake_FindsNoneNow(int seed) => Assert.True(Run(seed).Runs > 0);

    [Fact]
    public void Seeds_FixedAndFresh_KeepEveryPromise()
    {
        var fresh = Random.Shared.Next(1_000_000, int.MaxValue - FreshSeeds);
        var seeds = Enumerable.Range(0, FixedSeeds).Concat(Enumerable.Range(fresh, FreshSeeds)).ToList();
        var results = new ConcurrentBag<SimulationResult>();

        Parallel.ForEach(seeds, new() { MaxDegreeOfParallelism = Environment.ProcessorCount },
            seed => results.Add(Run(seed)));

        var years = results.Sum(r => r.Simulated.TotalDays) / 365.25;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{results.Count} clusters, {years:F1} cluster-years, {results.Sum(r => r.Occurrences)} occurrences, "
            + $"{results.Sum(r => r.Runs)} runs, {results.Sum(r => r.Leaderships)} leaderships, "
            + $"{results.Sum(r => r.Copies)} from a copy; fresh from {fresh}"));
        Assert.True(years >= ClusterYearsMin, $"Only {years} cluster-years.");
        Assert.True(results.Sum(r => r.Runs) > 20_000, "The clusters did little.");
        Assert.True(results.Sum(r => r.Leaderships) > 500, "Little went wrong.");
        Assert.True(results.Sum(r => r.Copies) > 100, "Hardly any copy was used.");
        Assert.Equal(3, results.Select(r => r.Profile).Distinct().Count());
    }

    [Fact]
    public void Seed_RunTwice_DoesTheSame()
    {
        var first = Run(7);
        var second = Run(7);

        Assert.Equal(first, second);
        Assert.NotEqual(first.TraceHash, Run(8).TraceHash);
    }

    [Fact]
    public void Trace_OfASeed_TellsWhatHappened()
    {
        using var writer = new StringWriter();
        using var simulation = new ClusterSimulation(7, Profile.Dense, writer);

        simulation.Run();

        var lines = writer.ToString().Split(Environment.NewLine);
        Assert.Contains(lines, l => l.Contains("leads in term ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("agent-1 starts job-", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.Contains("calm begins", StringComparison.Ordinal));
    }

    private static SimulationResult Run(int seed)
    {
        try
        {
            using var simulation = new ClusterSimulation(seed, null, null);
            return simulation.Run();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"Seed {seed}: {e.Message}\nReplay: {SimulationCommand.ReplayOf(seed)}", e);
        }
    }
}
