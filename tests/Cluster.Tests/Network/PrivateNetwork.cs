using System.Collections.Concurrent;
using System.Diagnostics;

namespace Chronos.Cluster.Tests.Network;

/// <summary>Machines on a switch of their own: network namespaces, which see each other and nothing else. Nothing of
/// it shows in the network of the computer that runs the tests, so that several can run side by side.</summary>
internal sealed class PrivateNetwork : IAsyncDisposable
{
    private const string Folder = "/run/netns";
    private const string NamePrefix = "chronos-";
    private const string Bridge = "switch";
    private static readonly ConcurrentDictionary<PrivateNetwork, bool> Live = [];
    private static readonly Lazy<Task> LeftRemoved = new(RemoveLeftAsync);
    private static int made;
    private readonly List<Machine> machines = [];
    private readonly string prefix = $"{NamePrefix}{Environment.ProcessId}-{Interlocked.Increment(ref made)}-";

    static PrivateNetwork() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // Of tests that were stopped.
        foreach (var network in Live.Keys) network.DisposeAsync().AsTask().GetAwaiter().GetResult();
    };

    private string Hub => prefix + "hub";

    /// <summary>Why there can be none; null: there can.</summary>
    public static string? Obstacle =>
        !Environment.IsPrivilegedProcess ? "Network namespaces need root."
        : !File.Exists("/usr/sbin/ip") && !File.Exists("/sbin/ip") ? "ip is missing: apt-get install iproute2"
        : !File.Exists("/usr/sbin/iptables") ? "iptables is missing: apt-get install iptables"
        : null;

    public static async Task<PrivateNetwork> CreateAsync()
    {
        await LeftRemoved.Value;
        var network = new PrivateNetwork();
        Live[network] = true;
        try
        {
            await IpAsync("netns", "add", network.Hub);
            await IpAsync("-n", network.Hub, "link", "add", Bridge, "type", "bridge");
            await IpAsync("-n", network.Hub, "link", "set", Bridge, "up");
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Plugs in another machine.</summary>
    public async Task<Machine> AddAsync(string name)
    {
        var machine = new Machine(name, prefix + name, $"10.0.0.{machines.Count + 1}");
        machines.Add(machine);
        var space = machine.Namespace;
        await IpAsync("netns", "add", space);
        await IpAsync("-n", space, "link", "add", "eth0", "type", "veth", "peer", "name", name, "netns", Hub);
        await IpAsync("-n", space, "addr", "add", machine.Address + "/24", "dev", "eth0");
        await IpAsync("-n", space, "link", "set", "lo", "up");
        await IpAsync("-n", space, "link", "set", "eth0", "up");
        await IpAsync("-n", Hub, "link", "set", name, "master", Bridge, "up");
        return machine;
    }

    /// <summary>Ends everything that runs on its machines, and removes them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var machine in machines) await RemoveAsync(machine.Namespace);
        await RemoveAsync(Hub);
        Live.TryRemove(this, out _);
    }

    // Of tests that were killed before they could clean up.
    private static async Task RemoveLeftAsync()
    {
        if (!Directory.Exists(Folder)) return;
        foreach (var file in Directory.GetFiles(Folder, NamePrefix + "*-*-*"))
        {
            var name = Path.GetFileName(file);
            var owner = name[NamePrefix.Length..].Split('-')[0];
            if (int.TryParse(owner, out var id) && !Directory.Exists($"/proc/{id}")) await RemoveAsync(name);
        }
    }

    private static async Task RemoveAsync(string space)
    {
        if (!File.Exists(Path.Join(Folder, space))) return;
        var (_, pids) = await Command.TryAsync("ip", "netns", "pids", space);
        foreach (var line in pids.Split('\n').Where(line => int.TryParse(line, out _)))
            await KillAsync(int.Parse(line));
        var (status, output) = await Command.TryAsync("ip", "netns", "delete", space);
        if (status != 0 && File.Exists(Path.Join(Folder, space))) // else somebody else has removed it
            throw new InvalidOperationException($"The network namespace {space} cannot be removed: {output}");
    }

    private static async Task KillAsync(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            await process.WaitForExitAsync();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private static Task<string> IpAsync(params string[] arguments) => Command.RunAsync("ip", arguments);
}
