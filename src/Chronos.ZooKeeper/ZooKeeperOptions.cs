namespace Chronos.ZooKeeper;

/// <summary>How a client talks to ZooKeeper.</summary>
public sealed class ZooKeeperOptions
{
    /// <summary>Ensemble, credential and chroot.</summary>
    public required ZooKeeperAddress Address { get; init; }

    /// <summary>How long a session outlives its last sign of life; 100 ms to 10 minutes. Default 10 s. Servers hold it
    /// between 2 and 20 of their ticks; <see cref="ZooKeeperClient.SessionTimeout"/> is what they granted.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that a request may have; 1,024 or more. Default 1,048,575, which is what servers take whose
    /// <c>jute.maxbuffer</c> is not set. They close the connection on a larger one, so it is not sent.</summary>
    public int RequestBytesMax { get; init; } = 1_048_575;

    /// <summary>Bytes that an answer may have; 1,024 or more. Default 4 MiB. A list of many children is the usual large
    /// one.</summary>
    public int ReplyBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Requests that may wait to be sent, for example while no server can be reached; 1 or more. Default
    /// 200,000. More fail with <see cref="ZooKeeperError.TooManyRequests"/>.</summary>
    public int WaitingMax { get; init; } = 200_000;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Address);
        if (Address.Servers.Count == 0)
            throw new ArgumentException("The ZooKeeper address names no server; name at least one.");
        if (NodePath.ProblemOf(Address.Chroot) is { } problem)
            throw new ArgumentException($"The path '{Address.Chroot}' of the ZooKeeper address {problem}.");
        Check(nameof(SessionTimeout) + " in ms", SessionTimeout.TotalMilliseconds, 100, 600_000);
        Check(nameof(RequestBytesMax), RequestBytesMax, 1_024, int.MaxValue);
        Check(nameof(ReplyBytesMax), ReplyBytesMax, 1_024, int.MaxValue);
        Check(nameof(WaitingMax), WaitingMax, 1, int.MaxValue);
    }

    private static void Check(string name, double value, double min, double max)
    {
        if (value < min || value > max)
            throw new ArgumentException($"The ZooKeeper option {name} is {value}; it may be {min} to {max}.");
    }
}
