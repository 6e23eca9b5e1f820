using System.Diagnostics;
using System.Globalization;
using Chronos.Simulation.Checks;
using NodaTime;

namespace Chronos.Simulation;

/// <summary>The command line: <c>--seed N [--trace]</c> replays one seed, <c>--seeds N [--from N]</c> runs many, and
/// <c>--seeds 0</c> runs until it is stopped or finds something.</summary>
internal static class SimulationCommand
{
    private const string Executable = "dotnet run -c Release --project tests/Chronos.Simulation --";

    /// <returns>0: nothing was found.</returns>
    public static int Run(string[] args)
    {
        if (args[0] == "--seed") return Replay(Number(args, "--seed"), args.Contains("--trace"));
        return RunMany(Number(args, "--from"), Number(args, "--seeds"));
    }

    /// <summary>How to see a seed again.</summary>
    public static string ReplayOf(int seed) => $"{Executable} --seed {seed} --trace";

    private static int Replay(int seed, bool withTrace)
    {
        using var simulation = new ClusterSimulation(seed, null, withTrace ? Console.Out : null);
        try
        {
            Console.WriteLine(simulation.Run());
            return 0;
        }
        catch (Violation e)
        {
            Console.WriteLine($"Seed {seed}: {e.Message}");
            return 1;
        }
    }

    private static int RunMany(int from, int count)
    {
        var began = Stopwatch.GetTimestamp();
        var (done, failed, simulated) = (0, 0, Duration.Zero);
        for (var seed = from; (count == 0 || seed < from + count) && failed == 0; seed++)
        {
            try
            {
                using var simulation = new ClusterSimulation(seed, null, null);
                simulated += simulation.Run().Simulated;
                done++;
            }
            catch (Exception e)
            {
                failed++;
                Console.WriteLine($"Seed {seed}: {e.Message}\nReplay: {ReplayOf(seed)}");
            }
        }

        var years = (simulated.TotalDays / 365.25).ToString("F1", CultureInfo.InvariantCulture);
        Console.WriteLine($"{done} seeds, {years} cluster-years, {failed} failed, "
            + $"{Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
        return failed == 0 ? 0 : 1;
    }

    private static int Number(string[] args, string name)
    {
        var index = Array.IndexOf(args, name);
        if (index < 0) return 0;
        return index + 1 < args.Length && int.TryParse(args[index + 1], CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException($"{name} needs a number.");
    }
}
