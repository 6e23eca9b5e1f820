using Chronos.Cluster.Tests.Faults;
using Chronos.Cluster.Tests.Nodes;

namespace Chronos.Cluster.Tests;

/// <summary>The command line: <c>faults --store STORE [--rounds N] [--jobs N] [--pause SECONDS] [--lease SECONDS]
/// [--minutes N]</c> is the long form of the tests.</summary>
internal static class ClusterCommand
{
    public static readonly string[] Names = ["faults"];

    /// <returns>0: all is as promised.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var store = Text(args, "--store", "etcd");
        if (NodeCluster.ObstacleOf(store) is { } obstacle)
        {
            Console.Error.WriteLine(obstacle);
            return 2;
        }

        var lease = TimeSpan.FromSeconds(Number(args, "--lease", 10));
        await using var cluster = await NodeCluster.StartAsync(new() { Store = store, Lease = lease });
        var plan = new FaultPlan
        {
            Rounds = Number(args, "--rounds", 100),
            Jobs = Number(args, "--jobs", 1000),
            Pause = TimeSpan.FromSeconds(Number(args, "--pause", 60)),
            Calm = TimeSpan.FromSeconds(5),
            Limit = TimeSpan.FromMinutes(Number(args, "--minutes", 120)),
        };
        var verdict = await new FaultRun(cluster, plan, Console.WriteLine).RunAsync();
        Console.WriteLine($"\n{store}, lease {lease.TotalSeconds} s, {plan.Jobs} jobs\n{verdict}");
        return verdict.IsGood ? 0 : 1;
    }

    private static int Number(string[] args, string name, int otherwise)
    {
        var text = Text(args, name, $"{otherwise}");
        return int.TryParse(text, out var number) && number > 0
            ? number : throw new ArgumentException($"{name} is '{text}'; give a number above 0.");
    }

    private static string Text(string[] args, string name, string otherwise)
    {
        var index = Array.IndexOf(args, name);
        if (index < 0) return otherwise;
        return index + 1 < args.Length ? args[index + 1] : throw new ArgumentException($"{name} needs a value.");
    }
}
