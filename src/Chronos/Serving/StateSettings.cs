using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chronos.Configuration;
using Chronos.Storage.Etcd;
using Chronos.Storage.PostgreSql;
using Chronos.ZooKeeper;
using Npgsql;

namespace Chronos.Serving;

/// <summary>Turns the configuration into the place where the state is kept.</summary>
public sealed class StateSettings
{
    private const int EtcdPort = 2379;
    private static readonly TimeSpan LeaseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeaseMax = TimeSpan.FromMinutes(10);

    private readonly ServerConfiguration configuration;
    private readonly List<string> errors = [];

    /// <summary>Reads what concerns the state.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="calledFlag">What messages call the flag with the address; null: as it is.</param>
    public StateSettings(ServerConfiguration configuration, string? calledFlag = null)
    {
        this.configuration = configuration;
        var (flag, address) = Address();
        flag = calledFlag ?? flag;
        var isOriginal = configuration.IsGiven(Settings.ZooKeeperHosts)
            && configuration.IsGiven(Settings.ZooKeeperTimeout);
        Lease = configuration.Get(isOriginal ? Settings.ZooKeeperTimeout : Settings.Lease).ToTimeSpan();
        if (Lease < LeaseMin || Lease > LeaseMax)
            errors.Add($"--lease {Lease.TotalSeconds} s is not between {LeaseMin.TotalSeconds} s and "
                + $"{LeaseMax.TotalMinutes} min.");
        Read(flag, address);
        var isSpokenOverTls = address.StartsWith("etcd", StringComparison.Ordinal)
            || address.StartsWith("postgres", StringComparison.Ordinal);
        if (calledFlag is null && !isSpokenOverTls) RefuseCertificates();
    }

    /// <summary>Everything that is wrong, as sentences; empty: nothing.</summary>
    public IReadOnlyList<string> Errors => errors;

    /// <summary>How long the others wait for a leader.</summary>
    public TimeSpan Lease { get; }

    /// <summary>Whether the state is in the data folder, which has one node only.</summary>
    public bool IsLocal => Etcd is null && ZooKeeper is null && PostgreSql is null;

    /// <summary>Where etcd is; null: the state is not there.</summary>
    public EtcdOptions? Etcd { get; private set; }

    /// <summary>Where ZooKeeper is; null: the state is not there.</summary>
    public ZooKeeperOptions? ZooKeeper { get; private set; }

    /// <summary>Where PostgreSQL is; null: the state is not there.</summary>
    public PostgreSqlOptions? PostgreSql { get; private set; }

    private (string Flag, string Address) Address()
    {
        if (!configuration.IsGiven(Settings.ZooKeeperHosts))
            return (Settings.State.Flag, configuration.Get(Settings.State));
        if (configuration.IsGiven(Settings.State))
            errors.Add("--state and --zk-hosts both say where the state is; leave one out.");
        var hosts = configuration.Get(Settings.ZooKeeperHosts);
        if (hosts.StartsWith("zk://", StringComparison.Ordinal)) hosts = hosts[5..];
        var slash = hosts.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0) hosts = hosts[..slash];
        var login = configuration.Get(Settings.ZooKeeperLogin);
        var path = configuration.Get(Settings.ZooKeeperPath);
        return (Settings.ZooKeeperHosts.Flag,
            $"zk://{(login.Length == 0 ? "" : login + "@")}{hosts}{(path.StartsWith('/') ? "" : "/")}{path}");
    }

    private void Read(string flag, string address)
    {
        if (address == Settings.LocalState) return;
        var scheme = address[..address.IndexOf("://", StringComparison.Ordinal)];
        switch (scheme)
        {
            case "etcd" or "etcds":
                Etcd = ReadEtcd(flag, address[(scheme.Length + 3)..], scheme == "etcds" ? "https" : "http");
                break;
            case "zk":
                if (ZooKeeperAddress.TryParse(address, out var ensemble, out var problems))
                    ZooKeeper = new() { Address = ensemble!, SessionTimeout = Lease };
                else errors.AddRange(problems.Select(problem => $"{flag}: {problem}"));
                break;
            case "postgres" or "postgresql":
                PostgreSql = ReadPostgreSql(flag, address[(scheme.Length + 3)..]);
                break;
            default:
                errors.Add($"{flag} begins with '{scheme}://', which is no store. Give sqlite:, etcd://, etcds://, "
                    + "zk:// or postgres://.");
                break;
        }
    }

    private EtcdOptions? ReadEtcd(string flag, string rest, string scheme)
    {
        var at = rest.LastIndexOf('@');
        var (login, place) = at < 0 ? ("", rest) : (rest[..at], rest[(at + 1)..]);
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var prefix = slash < 0 ? "/chronos" : place[slash..].TrimEnd('/');
        var endpoints = new List<Uri>();
        foreach (var host in (slash < 0 ? place : place[..slash]).Split(','))
        {
            if (Uri.TryCreate($"{scheme}://{host}", UriKind.Absolute, out var uri) && uri.Host.Length > 0)
                endpoints.Add(new UriBuilder(uri) { Port = HasPort(host) ? uri.Port : EtcdPort }.Uri);
            else
                errors.Add($"{flag}: '{host}' is no server. Give host:port, several with commas, such as "
                    + "etcd://h1:2379,h2:2379/chronos.");
        }

        if (prefix.Length == 0)
            errors.Add($"{flag}: The path is empty. Give one of at least a letter, or none at all.");
        var colon = login.IndexOf(':', StringComparison.Ordinal);
        if (login.Length > 0 && colon <= 0) errors.Add($"{flag}: Before the @ there must be user:password.");
        var (authorities, certificate) = Certificates();
        return errors.Count > 0 ? null : new()
        {
            Endpoints = endpoints,
            Prefix = prefix,
            User = login.Length == 0 ? null : login[..colon],
            Password = login.Length == 0 ? "" : login[(colon + 1)..],
            Authorities = authorities,
            ClientCertificate = certificate,
        };
    }

    private PostgreSqlOptions? ReadPostgreSql(string flag, string rest)
    {
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var (place, query) = question < 0 ? (rest, "") : (rest[..question], rest[(question + 1)..]);
        var at = place.LastIndexOf('@');
        var login = at < 0 ? [] : place[..at].Split(':', 2);
        var target = place[(at + 1)..].Split('/', 2);
        var schema = "chronos";
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = target[0],
            Database = target.Length > 1 && target[1].Length > 0 ? target[1] : "chronos",
        };
        if (login.Length > 0) connection.Username = Uri.UnescapeDataString(login[0]);
        if (login.Length > 1) connection.Password = Uri.UnescapeDataString(login[1]);
        if (target[0].Length == 0)
            errors.Add($"{flag}: There is no server. Give postgres://user:password@host/database.");
        foreach (var option in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = option.Split('=', 2);
            var name = Uri.UnescapeDataString(pair[0]);
            var value = Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "");
            if (name == "schema" && pair.Length > 1) schema = value;
            else if (!TrySet(connection, name, value))
                errors.Add($"{flag}: '{name}' is no option of a connection, or has a wrong value. Known are schema "
                    + "and those of Npgsql, such as sslmode=VerifyFull.");
        }

        AddCertificates(connection);
        return errors.Count > 0 ? null : new() { ConnectionString = connection.ConnectionString, Schema = schema };
    }

    /// <summary>The flags mean the same as the options of Npgsql, which win where both are given.</summary>
    private void AddCertificates(NpgsqlConnectionStringBuilder connection)
    {
        _ = Certificates(); // says what cannot be read, before anything is connected
        if (configuration.Get(Settings.StateAuthorities) is { Length: > 0 } authorities)
        {
            connection.RootCertificate ??= authorities;
            if (!connection.ShouldSerialize("SSL Mode")) connection.SslMode = SslMode.VerifyFull;
        }

        if (configuration.Get(Settings.StateCertificate) is not { Length: > 0 } certificate) return;
        connection.SslCertificate ??= certificate;
        if (configuration.Get(Settings.StateKey) is { Length: > 0 } key) connection.SslKey ??= key;
    }

    private void RefuseCertificates()
    {
        foreach (var setting in (Setting<string>[])
            [Settings.StateAuthorities, Settings.StateCertificate, Settings.StateKey])
            if (configuration.IsGiven(setting))
                errors.Add($"{setting.Flag} is given, but only etcds:// and postgres:// are spoken over TLS. Leave it "
                    + "out, or keep the state there.");
    }

    private static bool TrySet(NpgsqlConnectionStringBuilder connection, string name, string value)
    {
        try
        {
            connection[name] = value;
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException
            or OverflowException)
        {
            return false;
        }
    }

    private static bool HasPort(string host) =>
        host.LastIndexOf(':') > host.LastIndexOf(']') && host.LastIndexOf(':') > 0;

    private (X509Certificate2Collection? Authorities, X509Certificate2? Certificate) Certificates()
    {
        X509Certificate2Collection? authorities = null;
        X509Certificate2? certificate = null;
        if (configuration.Get(Settings.StateAuthorities) is { Length: > 0 } file)
            Try(Settings.StateAuthorities.Flag, file, () => (authorities = []).ImportFromPemFile(file));
        if (configuration.Get(Settings.StateCertificate) is { Length: > 0 } own)
            Try(Settings.StateCertificate.Flag, own, () => certificate = X509Certificate2.CreateFromPemFile(
                own, configuration.Get(Settings.StateKey) is { Length: > 0 } key ? key : null));
        return (authorities, certificate);
    }

    private void Try(string flag, string file, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            errors.Add($"{flag} '{file}' cannot be read: {e.Message}");
        }
    }
}
