namespace Chronos.Mesos.Http;

/// <summary>How masters and agents are spoken to.</summary>
public sealed record MasterHttpOptions
{
    /// <summary>Name and secret for basic authentication; null, the default: none is sent.</summary>
    public MasterCredentials? Credentials { get; init; }

    /// <summary>PEM file with certificates of authorities to trust instead of the system's; empty, the default: the
    /// system's.</summary>
    public string TrustedAuthoritiesFile { get; init; } = "";

    /// <summary>Time to open a connection. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for the answer to a call, and for the headers of the event stream. Default 75 s, five heartbeats:
    /// a master that is busy with a fail-over takes long.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(75);
}
