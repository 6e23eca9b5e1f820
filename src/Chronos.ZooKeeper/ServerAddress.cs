namespace Chronos.ZooKeeper;

/// <summary>Where one server of an ensemble listens for clients.</summary>
/// <param name="Host">A host name, an IPv4 address, or an IPv6 address without brackets.</param>
/// <param name="Port">1 to 65,535; ZooKeeper's own default is <see cref="DefaultPort"/>.</param>
public readonly record struct ServerAddress(string Host, int Port)
{
    /// <summary>The port where none is named: 2181.</summary>
    public const int DefaultPort = 2181;

    /// <summary>Host and port as they stand in an address.</summary>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
