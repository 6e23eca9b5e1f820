using Chronos.Cluster.Tests.Network;
using Chronos.Testing;

namespace Chronos.Cluster.Tests.Stores;

/// <summary>The real servers of a state store, each on a machine of its own.</summary>
internal abstract class StoreServers : IAsyncDisposable
{
    /// <summary>The names that <see cref="StartAsync"/> knows.</summary>
    public static readonly string[] Names = ["etcd", "zookeeper", "postgresql"];

    /// <summary>The setting <c>--state</c> of nodes that use it.</summary>
    public abstract string State { get; }

    /// <summary>Whether all nodes share one run history.</summary>
    public virtual bool HasHistory => false;

    /// <summary>The servers.</summary>
    public required IReadOnlyList<Daemon> Servers { get; init; }

    /// <summary>The machines of the servers.</summary>
    public IEnumerable<Machine> Machines => Servers.Select(server => server.Machine);

    /// <summary>Why a store cannot be had here; null: it can.</summary>
    public static string? ObstacleOf(string name) => name switch
    {
        "etcd" => EtcdServers.Obstacle,
        "zookeeper" => ZooKeeperServers.Obstacle,
        "postgresql" => PostgreSqlServers.Obstacle,
        _ => throw new ArgumentException($"There is no store '{name}'; there are: {string.Join(", ", Names)}."),
    };

    public static async Task<StoreServers> StartAsync(string name, PrivateNetwork network, string folder)
    {
        StoreServers servers = name switch
        {
            "etcd" => await EtcdServers.PrepareAsync(network, folder),
            "zookeeper" => await ZooKeeperServers.PrepareAsync(network, folder),
            "postgresql" => await PostgreSqlServers.PrepareAsync(network, folder),
            _ => throw new ArgumentException($"There is no store '{name}'; there are: {string.Join(", ", Names)}."),
        };
        await servers.StartAllAsync();
        return servers;
    }

    /// <summary>Starts those that do not run, and waits until all serve.</summary>
    public async Task StartAllAsync()
    {
        foreach (var server in Servers)
            if (!server.IsRunning) server.Start();
        foreach (var server in Servers) await server.WaitAsync(() => ServesAsync(server));
    }

    /// <summary>Ends all as crashes would.</summary>
    public Task KillAllAsync() => Task.WhenAll(Servers.Select(server => server.KillAsync()));

    /// <summary>Ends the one that leads the others as a crash would.</summary>
    public Task KillLeaderAsync() => Wait.UntilAsync(
        async () =>
        {
            foreach (var server in Servers)
            {
                if (!await LeadsAsync(server)) continue;
                await server.KillAsync();
                return true;
            }

            return false;
        },
        () => "no server of the store leads.");

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers) await server.DisposeAsync();
    }

    /// <summary>Whether a server answers.</summary>
    protected abstract Task<bool> ServesAsync(Daemon server);

    /// <summary>Whether a server leads the others.</summary>
    protected abstract Task<bool> LeadsAsync(Daemon server);

    protected static async Task<IReadOnlyList<(Machine Machine, string Folder)>> PlacesAsync(
        PrivateNetwork network, string folder, int count)
    {
        var places = new List<(Machine, string)>();
        for (var number = 1; number <= count; number++)
        {
            var machine = await network.AddAsync($"store{number}");
            places.Add((machine, Directory.CreateDirectory(Path.Combine(folder, machine.Name)).FullName));
        }

        return places;
    }
}
