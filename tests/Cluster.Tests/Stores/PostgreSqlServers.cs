using Chronos.Cluster.Tests.Network;

namespace Chronos.Cluster.Tests.Stores;

/// <summary>One PostgreSQL server, from Debian's package. As root it runs as the package's user, because it refuses
/// root.</summary>
internal sealed class PostgreSqlServers : StoreServers
{
    private const int Port = 5432;
    private const string User = "chronos";

    public static string? Obstacle => Programs is null ? "PostgreSQL is missing: apt-get install postgresql" : null;

    public override string State => $"postgres://{User}@{Servers[0].Machine.Address}:{Port}/postgres";

    public override bool HasHistory => true;

    private static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal)
            .Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(bin + "/postgres"))
        : null;

    public static async Task<StoreServers> PrepareAsync(PrivateNetwork network, string folder)
    {
        var (machine, home) = (await PlacesAsync(network, folder, 1))[0];
        var data = Path.Combine(home, "data");
        await Command.RunAsync("chown", "postgres", home);
        await Command.RunAsync("setpriv", AsOwner(
            "initdb", "-D", data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"));
        File.AppendAllText(Path.Combine(data, "pg_hba.conf"), "host all all 10.0.0.0/24 trust\n");
        var server = new Daemon(machine, home, "setpriv", AsOwner(
            "postgres", "-D", data, "-p", $"{Port}", "-c", "listen_addresses=*", "-c", "unix_socket_directories=",
            "-c", "max_connections=200", "-c", "shared_buffers=64MB"))
        {
            IsTree = true,
        };
        return new PostgreSqlServers { Servers = [server] };
    }

    protected override async Task<bool> ServesAsync(Daemon server)
    {
        var ask = server.Machine.CommandLine(
            $"{Programs}/pg_isready", "-h", server.Machine.Address, "-p", $"{Port}", "-q");
        return (await Command.TryAsync(ask[0], ask[1..])).Status == 0;
    }

    protected override Task<bool> LeadsAsync(Daemon server) => Task.FromResult(server.IsRunning);

    private static string[] AsOwner(string program, params string[] arguments) =>
        ["--reuid=postgres", "--regid=postgres", "--clear-groups", $"{Programs}/{program}", .. arguments];
}
