using System.Net;
using Chronos.Runtime.Ports;

namespace Chronos.Server.Cluster;

/// <summary>How nodes of a cluster speak to each other.</summary>
internal static class NodeClient
{
    /// <summary>A client that changes nothing on the way: what is asked and answered is between the nodes.</summary>
    public static HttpMessageInvoker Create() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // a name may come to mean another address
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>Where a node answers.</summary>
    /// <param name="leader">The node.</param>
    /// <param name="target">Path and query as they are sent, from the first slash on.</param>
    public static string AddressOf(Leader leader, string target) => leader.Member.Address.TrimEnd('/') + target;
}
