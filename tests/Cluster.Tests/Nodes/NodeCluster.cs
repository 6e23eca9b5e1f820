using Chronos.Api;
using Chronos.Cluster.Tests.Network;
using Chronos.Cluster.Tests.Stores;
using Chronos.Testing;
using Chronos.Testing.Clocks;

namespace Chronos.Cluster.Tests.Nodes;

/// <summary>Nodes and their store on a network of their own.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private readonly PrivateNetwork network;

    private NodeCluster(PrivateNetwork network, ClusterOptions options, string folder) =>
        (this.network, Options, Folder) = (network, options, folder);

    public ClusterOptions Options { get; }

    /// <summary>Holds everything that its processes write.</summary>
    public string Folder { get; }

    public StoreServers Store { get; private set; } = null!; // the one way to get a cluster sets it

    public IReadOnlyList<ChronosNode> Nodes { get; private set; } = [];

    /// <summary>The machines of all nodes but one.</summary>
    public IEnumerable<Machine> MachinesBut(ChronosNode one) =>
        Nodes.Where(node => node != one).Select(node => node.Process.Machine);

    /// <summary>Why there can be no such cluster here; null: there can.</summary>
    public static string? ObstacleOf(string store) =>
        PrivateNetwork.Obstacle ?? StoreServers.ObstacleOf(store) ?? SteppedClock.Obstacle;

    public static async Task<NodeCluster> StartAsync(ClusterOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("chronos-cluster-").FullName;
        await Command.RunAsync("chmod", "755", folder); // PostgreSQL has a user of its own
        var cluster = new NodeCluster(await PrivateNetwork.CreateAsync(), options, folder);
        try
        {
            await cluster.StartAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The node that leads; waits for one.</summary>
    /// <param name="other">A node that is not meant, though it may believe that it leads.</param>
    public async Task<ChronosNode> LeaderAsync(ChronosNode? other = null)
    {
        ChronosNode? leader = null;
        await UntilAsync("no node leads", async () =>
        {
            var nodes = Nodes.Where(node => node != other && node.Process.IsRunning).ToList();
            var leads = await Task.WhenAll(nodes.Select(node => node.LeadsAsync()));
            leader = nodes.Zip(leads).FirstOrDefault(node => node.Second).First;
            return leader is not null;
        });
        return leader!;
    }

    /// <summary>Waits until a change that is asked of any node but one is durable.</summary>
    public Task TakesChangesAsync(ChronosNode? other = null) => UntilAsync(
        "no change is carried out", async () => await (await LeaderAsync(other)).TryChangeAsync());

    /// <summary>The newest term that any node knows of.</summary>
    public async Task<long> TermAsync()
    {
        var seen = await Task.WhenAll(Nodes.Where(n => n.Process.IsRunning).Select(node => node.LookAsync()));
        return seen.Max(s => s?.Term ?? 0);
    }

    /// <summary>Waits until all nodes agree who leads.</summary>
    public Task AgreesAsync() => UntilAsync("the nodes do not agree who leads", async () =>
    {
        var seen = await Task.WhenAll(Nodes.Select(node => node.LookAsync()));
        return seen.All(s => s?.Leader is not null) && seen.DistinctBy(s => (s!.Leader, s.Term)).Count() == 1
            && seen.Count(s => s!.State == "leading") == 1;
    });

    /// <summary>Waits until each node that does not lead has a copy of so many jobs of the one that does.</summary>
    public Task HasCopiesAsync(int jobs) => UntilAsync("a node has no copy of the leader's state", async () =>
    {
        foreach (var node in Nodes)
            if (await node.LookAsync() is not { } seen || !(seen.State == "leading" || HasCopy(seen, jobs)))
                return false;
        return true;
    });

    /// <summary>Waits until something holds.</summary>
    /// <param name="failure">What is so while it does not; told with the logs of all nodes when it never does.</param>
    /// <param name="condition">Whether it holds.</param>
    public Task UntilAsync(string failure, Func<Task<bool>> condition) => Wait.UntilAsync(condition, () =>
        $"{failure}.\n" + string.Join('\n', Nodes.Select(node => $"--- {node.Name}\n{node.Process.Tail()}")));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        if (Store is not null) await Store.DisposeAsync();
        await network.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static bool HasCopy(ClusterDescription seen, int jobs) =>
        seen.Copy is { } copy && copy.Term == seen.Term && copy.Jobs >= jobs;

    private async Task StartAsync()
    {
        Store = await StoreServers.StartAsync(Options.Store, network, Folder);
        var nodes = new List<ChronosNode>();
        for (var number = 1; number <= Options.Nodes; number++)
        {
            var machine = await network.AddAsync($"node{number}");
            var folder = Directory.CreateDirectory(Path.Combine(Folder, machine.Name)).FullName;
            nodes.Add(new(machine, folder, Options, Store.State));
        }

        Nodes = nodes;
        foreach (var node in nodes) node.Process.Start();
        await AgreesAsync();
    }
}
