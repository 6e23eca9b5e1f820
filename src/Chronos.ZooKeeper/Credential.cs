using System.Text;

namespace Chronos.ZooKeeper;

/// <summary>What a client proves itself with. It is sent on every connection, before any request.</summary>
public sealed class Credential
{
    /// <summary>A credential of any scheme that the servers know.</summary>
    /// <param name="scheme">Such as <c>digest</c>. Servers end a session whose scheme they do not know, which the
    /// client tells as <see cref="SessionState.AuthFailed"/>.</param>
    /// <param name="secret">What the scheme expects.</param>
    public Credential(string scheme, ReadOnlyMemory<byte> secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scheme);
        Scheme = scheme;
        Secret = secret;
    }

    /// <summary>The scheme.</summary>
    public string Scheme { get; }

    internal ReadOnlyMemory<byte> Secret { get; }

    /// <summary>User and password. Servers never refuse these: a wrong password makes another identity, whose requests
    /// then fail with <see cref="ZooKeeperError.NoAuth"/>.</summary>
    public static Credential Digest(string user, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        ArgumentNullException.ThrowIfNull(password);
        return new("digest", Encoding.UTF8.GetBytes($"{user}:{password}"));
    }

    /// <summary>The scheme; never the secret.</summary>
    public override string ToString() => $"{Scheme}:***";
}
