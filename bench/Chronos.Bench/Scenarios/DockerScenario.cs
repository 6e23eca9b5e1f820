using Chronos.Bench.Ours;
using Chronos.Bench.Peers;

namespace Chronos.Bench.Scenarios;

/// <summary>Processes per second through the executor, which stays for all of them, beside a container for each from
/// <c>docker run</c>. Both run the same program and limit it by control groups.</summary>
internal static class DockerScenario
{
    private const int Rounds = 4; // the first warms up
    private const int ContainersPerRound = 24;
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(2);
    private static readonly int AtOnce = 2 * Environment.ProcessorCount;

    public static async Task RunAsync(Table table)
    {
        await using var docker = await DockerServer.StartAsync();
        if (docker is null)
        {
            table.Add("processes per second beside `docker run`: wants Docker, gcc and root", "–");
            return;
        }

        await using var executor = await BenchExecutor.StartAsync(AtOnce, useLimits: true);
        var job = BenchExecutor.JobOf(docker.Program, []);
        List<double> ours = [], containers = [];
        for (var round = 1; round <= Rounds; round++)
        {
            containers.Add(await docker.MeasureAsync(ContainersPerRound, AtOnce));
            ours.Add(executor.Measure(job, Slot));
            Console.WriteLine(Table.Text($"round {round}: docker run {containers[^1]:N1}; ours {ours[^1]:N0}"));
        }

        table.AddRounds(
            $"a static program, {AtOnce} at once, limited by control groups; docker run without network",
            ours, containers, "50 ×");
    }
}
