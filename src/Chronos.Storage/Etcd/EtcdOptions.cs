using System.Security.Cryptography.X509Certificates;

namespace Chronos.Storage.Etcd;

/// <summary>Where etcd is, and how to talk to it.</summary>
public sealed class EtcdOptions
{
    /// <summary>Client addresses of the members, such as <c>http://h1:2379</c>; at least one. They are tried in turn.
    /// </summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>What all keys begin with, such as <c>/chronos</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>User name; null: no authentication. Default null.</summary>
    public string? User { get; init; }

    /// <summary>Password of the user. Default empty.</summary>
    public string Password { get; init; } = "";

    /// <summary>Certificates of authorities that may vouch for the servers; null: those of the system. Default null.
    /// </summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>What this client proves itself with; null: nothing. Default null.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>How long one server may take for one request before it counts as away. Default 5 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the store drops old versions of its keys, which etcd keeps for ever otherwise; zero: never,
    /// as where etcd's own <c>--auto-compaction-retention</c> does it. Default 5 min.</summary>
    public TimeSpan CompactionInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Servers and prefix, without secrets.</summary>
    public override string ToString() => $"etcd at {string.Join(',', Endpoints.Select(e => e.Authority))}{Prefix}";
}
