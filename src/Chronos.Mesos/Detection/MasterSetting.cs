using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Chronos.Core.Jobs;

namespace Chronos.Mesos.Detection;

/// <summary>How to find the leading master, as the operator writes it: <c>host:5050</c>,
/// <c>http://host:5050</c>, <c>https://host:5050</c>, several of these with commas, or
/// <c>zk://user:password@host1:2181,host2:2181/mesos</c>.</summary>
public abstract record MasterSetting
{
    private const string Field = "master";
    private const string ZooKeeperPrefix = "zk://";
    private const int ZooKeeperPort = 2181;

    private MasterSetting()
    {
    }

    /// <summary>Masters whose addresses are known; one of them leads.</summary>
    public sealed record Addresses(ValueList<MasterAddress> Masters) : MasterSetting;

    /// <summary>Masters that elect their leader through ZooKeeper.</summary>
    /// <param name="Servers">Hosts and ports of ZooKeeper, such as <c>h1:2181,h2:2181</c>.</param>
    /// <param name="Path">Node under which the masters register, such as <c>/mesos</c>.</param>
    /// <param name="Credentials"><c>user:password</c> for the scheme <c>digest</c>; empty: none.</param>
    public sealed record ZooKeeper(string Servers, string Path, string Credentials) : MasterSetting
    {
        /// <summary>Without the password.</summary>
        public override string ToString() =>
            ZooKeeperPrefix + (Credentials.Length > 0 ? Credentials.Split(':')[0] + ":…@" : "") + Servers + Path;
    }

    /// <summary>Reads the setting.</summary>
    /// <param name="text">What the operator wrote.</param>
    /// <param name="setting">The setting; null: it cannot be read.</param>
    /// <param name="violation">Why not; null: it was read.</param>
    public static bool TryParse(
        string text,
        [NotNullWhen(true)] out MasterSetting? setting,
        [NotNullWhen(false)] out Violation? violation)
    {
        ArgumentNullException.ThrowIfNull(text);
        setting = null;
        var trimmed = text.Trim();
        violation = trimmed.StartsWith(ZooKeeperPrefix, StringComparison.OrdinalIgnoreCase)
            ? ReadZooKeeper(trimmed[ZooKeeperPrefix.Length..], ref setting)
            : ReadAddresses(trimmed, ref setting);
        return setting is not null;
    }

    private static Violation? ReadAddresses(string text, ref MasterSetting? setting)
    {
        if (text.Length == 0)
            return new(Field, text, "The address of a master is needed.", "Write http://HOST:5050, or zk://….");
        if (text == "local")
            return new(
                Field, text, "There is no master inside this process.",
                "Write the address of a running master, or use engine 'local'.");
        var masters = new List<MasterAddress>();
        foreach (var item in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (ReadAddress(item) is not { } master)
                return new(
                    Field, WithoutPassword(item), "Each master is HOST:PORT, http://HOST:PORT or https://HOST:PORT.",
                    "Write only host and port; principal and secret have options of their own.");
            if (!masters.Contains(master)) masters.Add(master);
        }

        setting = new Addresses(masters.ToValueList());
        return null;
    }

    private static MasterAddress? ReadAddress(string text)
    {
        var hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? text : "http://" + text, UriKind.Absolute, out var uri)) return null;
        if (uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || uri.UserInfo.Length > 0) return null;
        if (uri.PathAndQuery != "/" || uri.Fragment.Length > 0) return null;
        var namesPort = text.TrimEnd('/').EndsWith(":" + uri.Port.ToString(CultureInfo.InvariantCulture),
            StringComparison.Ordinal);
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host.Trim('[', ']') : uri.IdnHost;
        return new(host, namesPort ? uri.Port : MasterAddress.DefaultPort, uri.Scheme == "https");
    }

    private static Violation? ReadZooKeeper(string text, ref MasterSetting? setting)
    {
        var at = text.LastIndexOf('@');
        var credentials = at < 0 ? "" : text[..at];
        var rest = text[(at + 1)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var path = slash < 0 ? "/" : "/" + rest[slash..].Trim('/');
        var servers = (slash < 0 ? rest : rest[..slash]).Split(',', StringSplitOptions.TrimEntries);
        var shown = ZooKeeperPrefix + (at < 0 ? "" : "…@") + rest;
        if (at >= 0 && credentials.IndexOf(':', StringComparison.Ordinal) < 1)
            return new(Field, shown, "Before '@' stand user and password.", "Write zk://USER:PASSWORD@HOST:2181/mesos.");
        for (var i = 0; i < servers.Length; i++)
        {
            if (ReadAddress(servers[i]) is not { UsesTls: false } server || servers[i].Contains("://"))
                return new(Field, shown, $"'{servers[i]}' is not HOST:PORT.", "Write zk://HOST:2181,HOST:2181/mesos.");
            if (!HasPort(servers[i])) servers[i] += $":{ZooKeeperPort}";
        }

        setting = new ZooKeeper(string.Join(',', servers), path, credentials);
        return null;
    }

    private static bool HasPort(string server) =>
        server.LastIndexOf(':') is var colon and >= 0 && server.IndexOf(']', colon) < 0;

    private static string WithoutPassword(string text) =>
        text.LastIndexOf('@') is var at and >= 0 ? "…" + text[at..] : text;
}
