using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Chronos.ZooKeeper;

/// <summary>Takes an address apart and collects all that is wrong with it.</summary>
internal sealed class ZooKeeperAddressParser(string text)
{
    private const string Scheme = "zk://";
    private const int PortMax = 65_535;
    private const int HostCharactersMax = 255;
    private readonly List<string> problems = [];

    internal IReadOnlyList<string> Problems => problems;

    internal ZooKeeperAddress? Parse()
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            // Not repeated: it may hold a password.
            problems.Add($"The ZooKeeper address must begin with '{Scheme}'; write zk://host1:2181,host2:2181/path.");
            return null;
        }

        var rest = text[Scheme.Length..];
        var at = rest.LastIndexOf('@');
        var credential = at < 0 ? null : ParseCredential(rest[..at]);
        var place = rest[(at + 1)..];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var servers = ParseServers(slash < 0 ? place : place[..slash]);
        var chroot = ParseChroot(slash < 0 ? "/" : place[slash..]);
        return problems.Count == 0 ? new(servers, chroot, credential) : null;
    }

    private Credential? ParseCredential(string part)
    {
        var colon = part.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0) return Credential.Digest(part[..colon], part[(colon + 1)..]);
        problems.Add("What stands before '@' in the ZooKeeper address must be 'user:password' with a user that is not "
            + "empty; write zk://user:password@host1:2181/path.");
        return null;
    }

    private List<ServerAddress> ParseServers(string part)
    {
        if (part.Length == 0)
        {
            problems.Add("The ZooKeeper address names no server; write zk://host1:2181,host2:2181/path.");
            return [];
        }

        return [.. part.Split(',').Select(ParseServer)];
    }

    private ServerAddress ParseServer(string server)
    {
        var bracket = server.StartsWith('[') ? server.IndexOf(']', StringComparison.Ordinal) : -1;
        var colon = server.IndexOf(':', Math.Max(bracket, 0));
        var host = colon < 0 ? server : server[..colon];
        if (bracket > 0) host = ParseBrackets(server, host, bracket);
        else if (host.Length is 0 or > HostCharactersMax || host.Any(c => char.IsWhiteSpace(c) || c is '[' or ']'))
            problems.Add($"The server '{server}' in the ZooKeeper address has no valid host; write a name, an IPv4 "
                + "address, or an IPv6 address in brackets, and a comma only between servers.");
        var port = colon < 0 ? ServerAddress.DefaultPort : ParsePort(server, server[(colon + 1)..]);
        return new(host, port);
    }

    private string ParseBrackets(string server, string host, int bracket)
    {
        var inner = host[1..bracket];
        var isAddress = IPAddress.TryParse(inner, out var address)
            && address.AddressFamily == AddressFamily.InterNetworkV6 && bracket == host.Length - 1;
        if (!isAddress)
            problems.Add($"The server '{server}' in the ZooKeeper address must have an IPv6 address in its brackets; "
                + "write [::1]:2181.");
        return inner;
    }

    private int ParsePort(string server, string part)
    {
        if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= PortMax) return port;
        problems.Add($"The port '{part}' of the server '{server}' in the ZooKeeper address must be a number from 1 to "
            + $"{PortMax}; leave ':{part}' away for {ServerAddress.DefaultPort}, and put an IPv6 address in brackets.");
        return ServerAddress.DefaultPort;
    }

    private string ParseChroot(string part)
    {
        var path = part.Length > 1 && part.EndsWith('/') ? part[..^1] : part;
        if (NodePath.ProblemOf(path) is { } problem)
            problems.Add($"The path '{path}' of the ZooKeeper address {problem}.");
        return path;
    }
}
