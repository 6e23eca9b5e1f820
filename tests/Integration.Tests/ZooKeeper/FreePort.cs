using System.Net;
using System.Net.Sockets;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>Ports that nobody uses. They are below those that the system hands out by itself, and none is given twice,
/// so that a server can be stopped and come back to its port.</summary>
internal static class FreePort
{
    private const int First = 15_000;
    private const int End = 32_000;
    private static readonly HashSet<int> Given = [];

    internal static int Next()
    {
        lock (Given)
        {
            while (true)
            {
                var port = Random.Shared.Next(First, End);
                if (!Given.Contains(port) && IsFree(port))
                {
                    Given.Add(port);
                    return port;
                }
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
