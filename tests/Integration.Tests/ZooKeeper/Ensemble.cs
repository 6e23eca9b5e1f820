using Chronos.Testing;
using Chronos.ZooKeeper;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Three real servers that elect a leader among them.</summary>
internal sealed class Ensemble : IAsyncDisposable
{
    private Ensemble(IReadOnlyList<ZooKeeperServer> servers) => Servers = servers;

    internal IReadOnlyList<ZooKeeperServer> Servers { get; }

    internal ZooKeeperAddress Address => new([.. Servers.Select(s => s.Address)], "/", Credential: null);

    internal static async Task<Ensemble> StartAsync()
    {
        var members = Enumerable.Range(1, 3)
            .Select(n => $"server.{n}=127.0.0.1:{FreePort.Next()}:{FreePort.Next()}").ToList();
        var ensemble = new Ensemble([.. Enumerable.Range(1, 3).Select(n => new ZooKeeperServer(n, members))]);
        try
        {
            foreach (var server in ensemble.Servers) server.Launch();
            foreach (var server in ensemble.Servers) await server.WaitServingAsync();
            return ensemble;
        }
        catch
        {
            await ensemble.DisposeAsync();
            throw;
        }
    }

    internal async Task<ZooKeeperServer> LeaderAsync()
    {
        ZooKeeperServer? leader = null;
        await Wait.UntilAsync(async () =>
        {
            foreach (var server in Servers)
            {
                if (await server.ModeAsync() == "leader") leader = server;
            }

            return leader is not null;
        });
        return leader ?? throw new InvalidOperationException("No server leads.");
    }

    /// <summary>The server that a session is connected to.</summary>
    internal async Task<ZooKeeperServer> ServerOfAsync(long session)
    {
        foreach (var server in Servers)
        {
            if (await server.HasSessionAsync(session)) return server;
        }

        throw new InvalidOperationException("The session is connected to no server.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Servers) await server.DisposeAsync();
    }
}
