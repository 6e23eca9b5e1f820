using System.Globalization;
using System.Net;
using Chronos.Mesos.Protocol;
using Chronos.Mesos.Wire;

namespace Chronos.Mesos.Detection;

/// <summary>What masters write into ZooKeeper: each has a child <c>json.info_NNNNNNNNNN</c> with its address, and the
/// smallest number leads. Other children are somebody else's. Pure.</summary>
internal static class MasterElection
{
    private const string Label = "json.info";

    /// <summary>The child of the leader; null: nobody has registered.</summary>
    internal static string? LeaderOf(IEnumerable<string> children) => children
        .Select(name => (Name: name, Number: NumberOf(name)))
        .Where(child => child.Number >= 0)
        .OrderBy(child => child.Number).Select(child => child.Name).FirstOrDefault();

    /// <summary>The address that a leader has written.</summary>
    /// <param name="child">Name of its child.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="usesTls">Whether masters speak HTTPS; then its host name is used, which certificates name, else its
    /// IP address, which needs no name server.</param>
    /// <exception cref="MessageFormatException">It is no address of a master of version 0.24 or newer.</exception>
    internal static MasterAddress AddressOf(string child, ReadOnlyMemory<byte> content, bool usesTls)
    {
        if (!child.StartsWith(Label + "_", StringComparison.Ordinal))
            throw new MessageFormatException($"The leader has written '{child}'; only {Label} can be read.");
        var master = MessageCodec.Json.Decode<MasterInfo>(new(content));
        var name = master.Address is { HasHostname: true } named ? named.Hostname : master.Hostname;
        if (usesTls && name.Length > 0) return new(name, PortOf(master), usesTls);
        var host = master.Address is { HasIp: true } address ? address.Ip : new IPAddress(master.Ip).ToString();
        return new(host, PortOf(master), usesTls);
    }

    private static int PortOf(MasterInfo master) => master.Address is { } address ? address.Port : (int)master.Port;

    private static long NumberOf(string child)
    {
        var underscore = child.LastIndexOf('_');
        return underscore >= 0
            && long.TryParse(child.AsSpan(underscore + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                ? n
                : -1;
    }
}
