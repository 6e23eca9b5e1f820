using System.Net.Sockets;
using System.Text;
using Chronos.Cluster.Tests.Network;

namespace Chronos.Cluster.Tests.Stores;

/// <summary>An ensemble of three ZooKeeper servers, from Debian's package.</summary>
internal sealed class ZooKeeperServers : StoreServers
{
    private const int Port = 2181;
    private const int TickMilliseconds = 200;
    private const string Jar = "/usr/share/java/zookeeper.jar";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static string? Obstacle =>
        File.Exists(Jar) ? null : "ZooKeeper is missing: apt-get install libzookeeper-java default-jre-headless";

    public override string State => $"zk://{string.Join(',', Machines.Select(m => $"{m.Address}:{Port}"))}/chronos";

    public static async Task<StoreServers> PrepareAsync(PrivateNetwork network, string folder)
    {
        var places = await PlacesAsync(network, folder, 3);
        var members = places.Select((p, i) => $"server.{i + 1}={p.Machine.Address}:2888:3888").ToList();
        foreach (var (number, place) in places.Index())
        {
            var data = place.Folder;
            File.WriteAllText(Path.Combine(data, "myid"), $"{number + 1}");
            File.WriteAllLines(Path.Combine(data, "zoo.cfg"),
            [
                $"tickTime={TickMilliseconds}", "initLimit=50", "syncLimit=10", "maxSessionTimeout=60000",
                $"dataDir={data}", $"clientPort={Port}", $"clientPortAddress={place.Machine.Address}",
                "maxClientCnxns=0", "admin.enableServer=false", "4lw.commands.whitelist=srvr", .. members,
            ]);
        }

        return new ZooKeeperServers { Servers = [.. places.Select(p => new Daemon(
            p.Machine, p.Folder, "java",
            "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dzookeeper.jmx.log4j.disable=true",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=info", "-cp", $"/usr/share/java/slf4j-simple.jar:{Jar}",
            "org.apache.zookeeper.server.quorum.QuorumPeerMain", Path.Combine(p.Folder, "zoo.cfg")))] };
    }

    protected override async Task<bool> ServesAsync(Daemon server) => await ModeAsync(server) is not null;

    protected override async Task<bool> LeadsAsync(Daemon server) => await ModeAsync(server) == "leader";

    private static async Task<string?> ModeAsync(Daemon server)
    {
        const string Mode = "Mode: ";
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var socket = await server.Machine.ConnectAsync(Port, patience.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("srvr"), patience.Token);
            using var reader = new StreamReader(stream);
            var lines = (await reader.ReadToEndAsync(patience.Token)).Split('\n');
            return lines.FirstOrDefault(l => l.StartsWith(Mode, StringComparison.Ordinal))?[Mode.Length..].Trim();
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
