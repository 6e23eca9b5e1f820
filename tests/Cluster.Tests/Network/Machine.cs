using System.Net.Sockets;

namespace Chronos.Cluster.Tests.Network;

/// <summary>A machine of a <see cref="PrivateNetwork"/>: it has an address and a cable of its own, and shares files and
/// processors with all the others.</summary>
internal sealed class Machine(string name, string space, string address)
{
    public string Name { get; } = name;

    public string Address { get; } = address;

    /// <summary>Name of its network namespace.</summary>
    public string Namespace { get; } = space;

    private string File => "/run/netns/" + Namespace;

    /// <summary>The command line that runs a program here.</summary>
    public string[] CommandLine(string program, params string[] arguments) =>
        ["nsenter", "--net=" + File, "--", program, .. arguments];

    /// <summary>From now on nothing goes between this machine and those.</summary>
    public async Task CutAsync(IEnumerable<Machine> others)
    {
        foreach (var other in others)
        {
            await FilterAsync("-A", "INPUT", "-s", other.Address, "-j", "DROP");
            await FilterAsync("-A", "OUTPUT", "-d", other.Address, "-j", "DROP");
        }
    }

    /// <summary>Undoes all cuts that were made here.</summary>
    public Task MendAsync() => FilterAsync("-F");

    /// <summary>A connection from this machine to a port of itself.</summary>
    public async ValueTask<Socket> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = NetworkNamespace.Run(File, () => new Socket(SocketType.Stream, ProtocolType.Tcp));
        try
        {
            await socket.ConnectAsync(Address, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A client whose requests all go to a port of this machine.</summary>
    public HttpClient CreateClient(int port, TimeSpan timeout) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellationToken) =>
            new NetworkStream(await ConnectAsync(port, cancellationToken), ownsSocket: true),
    })
    {
        BaseAddress = new($"http://{Address}:{port}"),
        Timeout = timeout,
    };

    private async Task FilterAsync(params string[] arguments)
    {
        var command = CommandLine("iptables", ["-w", .. arguments]);
        await Command.RunAsync(command[0], command[1..]);
    }
}
