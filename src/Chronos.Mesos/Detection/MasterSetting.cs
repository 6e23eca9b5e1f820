using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Chronos.Core.Jobs;
using Chronos.ZooKeeper;

namespace Chronos.Mesos.Detection;

/// <summary>How to find the leading master, as the operator writes it: <c>host:5050</c>,
/// <c>http://host:5050</c>, <c>https://host:5050</c>, several of these with commas, or
/// <c>zk://user:password@host1:2181,host2:2181/mesos</c>.</summary>
public abstract record MasterSetting
{
    private const string Field = "master";
    private const string ZooKeeperPrefix = "zk://";

    private MasterSetting()
    {
    }

    /// <summary>Masters whose addresses are known; one of them leads.</summary>
    public sealed record Addresses(ValueList<MasterAddress> Masters) : MasterSetting;

    /// <summary>Masters that elect their leader through ZooKeeper.</summary>
    /// <param name="Address">The ensemble; its path is the node under which the masters register.</param>
    public sealed record ZooKeeper(ZooKeeperAddress Address) : MasterSetting;

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
            ? ReadZooKeeper(trimmed, ref setting)
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
        if (ZooKeeperAddress.TryParse(text, out var address, out var problems) && address is not null)
        {
            setting = new ZooKeeper(address);
            return null;
        }

        var shown = ZooKeeperPrefix + WithoutPassword(text[ZooKeeperPrefix.Length..]);
        return new(Field, shown, string.Join(' ', problems), "Write zk://USER:PASSWORD@HOST:2181,HOST:2181/mesos.");
    }

    private static string WithoutPassword(string text) =>
        text.LastIndexOf('@') is var at and >= 0 ? "…" + text[at..] : text;
}
