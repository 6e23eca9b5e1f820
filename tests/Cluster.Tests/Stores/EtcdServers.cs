using System.Net.Http.Json;
using System.Text.Json;
using Chronos.Cluster.Tests.Network;

namespace Chronos.Cluster.Tests.Stores;

/// <summary>Three members of etcd, from Debian's package.</summary>
internal sealed class EtcdServers : StoreServers
{
    private const int Port = 2379;
    private const int PeerPort = 2380;
    private const string Program = "/usr/bin/etcd";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static string? Obstacle => File.Exists(Program) ? null : "etcd is missing: apt-get install etcd-server";

    public override string State => $"etcd://{string.Join(',', Machines.Select(m => $"{m.Address}:{Port}"))}/chronos";

    public static async Task<StoreServers> PrepareAsync(PrivateNetwork network, string folder)
    {
        var places = await PlacesAsync(network, folder, 3);
        var members = string.Join(',', places.Select(p => $"{p.Machine.Name}={Url(p.Machine, PeerPort)}"));
        return new EtcdServers { Servers = [.. places.Select(p => new Daemon(
            p.Machine, p.Folder, Program,
            "--name", p.Machine.Name, "--data-dir", Path.Combine(p.Folder, "data"), "--logger", "zap",
            "--listen-client-urls", Url(p.Machine, Port), "--advertise-client-urls", Url(p.Machine, Port),
            "--listen-peer-urls", Url(p.Machine, PeerPort), "--initial-advertise-peer-urls", Url(p.Machine, PeerPort),
            "--initial-cluster", members))] };
    }

    protected override async Task<bool> ServesAsync(Daemon server) =>
        await StatusAsync(server) is { } status && status.TryGetProperty("leader", out _);

    protected override async Task<bool> LeadsAsync(Daemon server) =>
        await StatusAsync(server) is { } status && status.TryGetProperty("leader", out var leader)
        && leader.GetString() == status.GetProperty("header").GetProperty("member_id").GetString();

    private static async Task<JsonElement?> StatusAsync(Daemon server)
    {
        using var client = server.Machine.CreateClient(Port, Patience);
        try
        {
            using var response = await client.PostAsJsonAsync("/v3/maintenance/status", new { });
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>() : null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private static string Url(Machine machine, int port) => $"http://{machine.Address}:{port}";
}
