using Chronos.Cluster.Tests.Failover;
using Chronos.Cluster.Tests.Faults;
using Chronos.Cluster.Tests.Nodes;

namespace Chronos.Cluster.Tests;

/// <summary>The command line, for what takes longer than a test may.</summary>
internal static class ClusterCommand
{
    private const string Usage = """
        faults    jobs fire while one thing after the other goes wrong; says what was missed, extra or overlapped
                  [--store etcd|zookeeper|postgresql] [--rounds 100] [--jobs 1000] [--lease 10] [--pause 60]
                  [--fault NAME] [--minutes 180]
        failover  how long nobody decides when the leader is killed, and when it is told to stop
                  [--store etcd|zookeeper|postgresql] [--rounds 20] [--jobs 100000] [--lease 10] [--minutes 30]
        Lease and pause are in seconds; no round begins after so many minutes. --server PATH takes another program
        than the one that is built with the tests, such as a published one, which is compiled ahead.
        """;

    private static readonly Dictionary<string, Func<string[], NodeCluster, Task<bool>>> Commands = new()
    {
        ["faults"] = FaultsAsync,
        ["failover"] = FailoverAsync,
    };

    /// <summary>Whether these are arguments of it, and not of the test runner.</summary>
    public static bool Takes(string[] args) => args is [var name, ..] && Commands.ContainsKey(name);

    /// <returns>0: all is as promised.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Contains("--help"))
        {
            Console.WriteLine(Usage);
            return 0;
        }

        var store = Text(args, "--store", "etcd");
        if (NodeCluster.ObstacleOf(store) is { } obstacle)
        {
            Console.Error.WriteLine(obstacle);
            return 2;
        }

        Console.CancelKeyPress += (_, _) => Environment.Exit(130); // which cleans up
        await using var cluster = await NodeCluster.StartAsync(
            new()
            {
                Store = store,
                Lease = TimeSpan.FromSeconds(Number(args, "--lease", 10)),
                Server = Path.GetFullPath(Text(args, "--server", ClusterOptions.BuiltServer)),
            });
        return await Commands[args[0]](args, cluster) ? 0 : 1;
    }

    private static async Task<bool> FaultsAsync(string[] args, NodeCluster cluster)
    {
        var fault = Text(args, "--fault", "");
        var plan = new FaultPlan
        {
            Kinds = fault.Length == 0 ? Fault.All : [Fault.Find(fault)],
            Rounds = Number(args, "--rounds", 100),
            Jobs = Number(args, "--jobs", 1000),
            Pause = TimeSpan.FromSeconds(Number(args, "--pause", 60)),
            Calm = TimeSpan.FromSeconds(5),
            Limit = TimeSpan.FromMinutes(Number(args, "--minutes", 180)),
        };
        var verdict = await new FaultRun(cluster, plan, Console.WriteLine).RunAsync();
        var options = cluster.Options;
        Console.WriteLine($"\n{options.Store}, lease {options.Lease.TotalSeconds} s, {plan.Jobs} jobs\n{verdict}");
        return verdict.IsGood;
    }

    private static Task<bool> FailoverAsync(string[] args, NodeCluster cluster)
    {
        var plan = new FailoverPlan
        {
            Rounds = Number(args, "--rounds", 20),
            Jobs = Number(args, "--jobs", 100_000),
            Limit = TimeSpan.FromMinutes(Number(args, "--minutes", 30)),
        };
        return new FailoverRun(cluster, plan, Console.WriteLine).RunAsync();
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
