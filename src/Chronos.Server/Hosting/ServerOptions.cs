using Chronos.Core.Jobs;
using Chronos.Server.Auth;
using NodaTime;

namespace Chronos.Server.Hosting;

/// <summary>How the HTTP server listens, whom it lets in, and what it bounds.</summary>
public sealed record ServerOptions
{
    /// <summary>Addresses to listen on: IP addresses, or <c>localhost</c> for both loopback addresses. Default
    /// 127.0.0.1: who can create a job can run code.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = ["127.0.0.1"];

    /// <summary>Port for plain HTTP; 0: any free one; null: none. Default 8080.</summary>
    public int? HttpPort { get; init; } = 8080;

    /// <summary>Port for TLS, which needs <see cref="CertificatePath"/>; 0: any free one; null: none. Default none.
    /// </summary>
    public int? HttpsPort { get; init; }

    /// <summary>Certificate chain in PEM form, or a PFX file with its key. Read again when it changes.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>Private key in PEM form; null: in the file of the certificate.</summary>
    public string? CertificateKeyPath { get; init; }

    /// <summary>Password of the PFX file or of the PEM key; null: none.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>One <c>user:password</c> with the role admin, as Mesos Chronos had it; null: none.</summary>
    public string? HttpCredentials { get; init; }

    /// <summary>The realm that browsers show. Default Mesosphere, as in Mesos Chronos.</summary>
    public string HttpRealm { get; init; } = "Mesosphere";

    /// <summary>Users with hashed passwords.</summary>
    public IReadOnlyList<UserCredential> Users { get; init; } = [];

    /// <summary>Tokens for programs, hashed.</summary>
    public IReadOnlyList<TokenCredential> Tokens { get; init; } = [];

    /// <summary>Accepts everybody on addresses other than loopback. Default false.</summary>
    public bool Insecure { get; init; }

    /// <summary>Host names by which browsers may reach the server, beside those of loopback, such as the name that a
    /// reverse proxy passes on. Empty: on loopback only its own names; elsewhere any name.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Identifies this process in a cluster. Default random.</summary>
    public string NodeId { get; init; } = Guid.NewGuid().ToString("n");

    /// <summary>What a node that does not lead does with requests. Default: passes them on.</summary>
    public FollowerMode Follower { get; init; }

    /// <summary>Bytes of a request's body. Default 16 MiB.</summary>
    public long RequestBodyBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of the body of a bulk put, which carries many jobs. Default 256 MiB.</summary>
    public long BulkBodyBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>Jobs of one bulk put. Default 200,000.</summary>
    public int BulkJobsMax { get; init; } = 200_000;

    /// <summary>Open connections. Default 10,000.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>Defaults for fields that jobs leave out.</summary>
    public JobDefaults JobDefaults { get; init; } = JobDefaults.BuiltIn;

    /// <summary>Bounds on the sizes of jobs.</summary>
    public JobLimits JobLimits { get; init; } = JobLimits.Default;

    /// <summary>Zone of schedules that name none. Default UTC.</summary>
    public DateTimeZone DefaultZone { get; init; } = DateTimeZone.Utc;

    /// <summary>How often a silent event stream says that it is alive. Default 15 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a followed output is looked at. Default 200 ms.</summary>
    public TimeSpan LogPollInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The effective settings of the whole process, for <c>/v1/info</c>; secrets are masked there by their
    /// keys.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>What keeps the state, for people. Default: the data folder.</summary>
    public StorePlace Store { get; init; } = new(StoreKind.Sqlite, "");

    /// <summary>Whether callers must say who they are.</summary>
    public bool HasCredentials => HttpCredentials is not null || Users.Count > 0 || Tokens.Count > 0;
}

/// <summary>What a node that does not lead does with requests.</summary>
public enum FollowerMode
{
    /// <summary>Passes them on to the leader, and its answers back.</summary>
    Forward,

    /// <summary>Answers 307 with the leader's address, as Mesos Chronos did.</summary>
    Redirect,
}
