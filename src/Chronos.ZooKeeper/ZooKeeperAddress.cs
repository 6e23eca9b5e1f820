namespace Chronos.ZooKeeper;

/// <summary>An ensemble, and where in its tree a client works:
/// <c>zk://user:password@host1:2181,host2,[::1]:2182/chroot</c>.</summary>
/// <param name="Servers">At least one. A client tries them in random order.</param>
/// <param name="Chroot">The node that all paths of the client are below, such as <c>/chronos</c>; <c>/</c>:
/// none.</param>
/// <param name="Credential">What to prove itself with; null: nothing.</param>
public sealed record ZooKeeperAddress(IReadOnlyList<ServerAddress> Servers, string Chroot, Credential? Credential)
{
    /// <summary>Parses an address. Everything up to the last <c>@</c> is user and password, taken literally; a port
    /// that is missing is 2181; one <c>/</c> at the end is ignored.</summary>
    /// <exception cref="FormatException">All that is wrong, each with part, value, rule and remedy. Passwords are not
    /// repeated.</exception>
    public static ZooKeeperAddress Parse(string text)
    {
        var parser = new ZooKeeperAddressParser(text);
        return parser.Parse() ?? throw new FormatException(string.Join(" ", parser.Problems));
    }

    /// <summary>Parses an address, without an exception.</summary>
    /// <param name="text">The address.</param>
    /// <param name="address">The address; null: there are problems.</param>
    /// <param name="problems">One sentence or two for each thing that is wrong.</param>
    public static bool TryParse(string text, out ZooKeeperAddress? address, out IReadOnlyList<string> problems)
    {
        var parser = new ZooKeeperAddressParser(text);
        address = parser.Parse();
        problems = parser.Problems;
        return address is not null;
    }

    /// <summary>The address with the secret masked.</summary>
    public override string ToString() =>
        $"zk://{(Credential is null ? "" : "***@")}{string.Join(',', Servers)}{(Chroot == "/" ? "" : Chroot)}";
}
