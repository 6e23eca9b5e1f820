using System.Net.Sockets;
using Chronos.CommandLine;
using Chronos.Configuration;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Engines.Local;
using Chronos.Runtime.Node;
using Chronos.Runtime.Ports;
using Chronos.Server.Endpoints.Compatibility;
using Chronos.Server.Hosting;
using Chronos.Server.Notifications;
using NodaTime;

namespace Chronos.Serving;

/// <summary>Turns the configuration into the options of the server's parts.</summary>
public sealed class ServerSettings(ServerConfiguration configuration)
{
    /// <summary>Everything the parts would refuse, as sentences; empty: the server may start.</summary>
    public IReadOnlyList<string> Errors =>
        [.. access.Errors, .. OwnErrors(), .. Mesos.Errors, .. State.Errors, .. Http().Validate()];

    private readonly AccessListContent access = configuration.Get(Settings.AccessFile) is { Length: > 0 } path
        ? AccessList.Read(path, File.ReadAllText)
        : new([], [], []);

    /// <summary>Where other nodes reach this one.</summary>
    public string AdvertisedAddress
    {
        get
        {
            if (configuration.Get(Settings.Advertise) is { Length: > 0 } given) return given.TrimEnd('/');
            var host = configuration.Get(Settings.Hostname) is { Length: > 0 } name ? name : "127.0.0.1";
            return configuration.Get(Settings.DisableHttp)
                ? $"https://{host}:{configuration.Get(Settings.HttpsPort)}"
                : $"http://{host}:{configuration.Get(Settings.HttpPort)}";
        }
    }

    /// <summary>Where the state is kept.</summary>
    public StateSettings State { get; } = new(configuration);

    /// <summary>What concerns Mesos.</summary>
    public MesosSettings Mesos { get; } = new(configuration);

    /// <summary>The data folder, absolute.</summary>
    public string DataFolder => Path.GetFullPath(configuration.Get(Settings.DataDir));

    /// <summary>The zone of schedules that name none.</summary>
    public DateTimeZone DefaultZone => DateTimeZoneProviders.Tzdb[configuration.Get(Settings.DefaultTimeZone)];

    /// <summary>Whether answers are compressed.</summary>
    public bool CompressesAnswers =>
        configuration.Get(Settings.HttpCompression) && !configuration.Get(Settings.DisableHttpCompression);

    /// <summary>Options of the HTTP server.</summary>
    public ServerOptions Http() => new()
    {
        Addresses = Addresses(),
        HttpPort = configuration.Get(Settings.DisableHttp) ? null : configuration.Get(Settings.HttpPort),
        HttpsPort = Certificate is null ? null : configuration.Get(Settings.HttpsPort),
        CertificatePath = Certificate,
        CertificateKeyPath = NullIfEmpty(configuration.Get(Settings.TlsKey)),
        CertificatePassword = NullIfEmpty(configuration.Get(Settings.KeystorePassword)),
        HttpCredentials = NullIfEmpty(configuration.Get(Settings.HttpCredentials)),
        HttpRealm = configuration.Get(Settings.HttpRealm),
        Users = access.Users,
        Tokens = access.Tokens,
        Insecure = configuration.Get(Settings.Insecure),
        AllowedHosts = Split(configuration.Get(Settings.AllowedHosts)),
        RequestBodyBytesMax = configuration.Get(Settings.MaxBodyBytes),
        BulkBodyBytesMax = configuration.Get(Settings.MaxBulkBodyBytes),
        BulkJobsMax = configuration.Get(Settings.MaxBulkJobs),
        ConnectionsMax = configuration.Get(Settings.MaxConnections),
        JobDefaults = JobDefaults(),
        DefaultZone = DefaultZone,
        Follower = configuration.Get(Settings.Follower) == "redirect" ? FollowerMode.Redirect : FollowerMode.Forward,
        Settings = configuration.Describe(),
        Store = Store(),
    };

    /// <summary>Options of the API of Mesos Chronos.</summary>
    public void Configure(CompatibilityOptions options)
    {
        options.JobHistoryLimit = configuration.Get(Settings.JobHistoryLimit);
        if (configuration.Get(Settings.Hostname) is { Length: > 0 } host)
            options.LeaderAddress = $"{host}:{configuration.Get(Settings.HttpPort)}";
    }

    /// <summary>Options of the scheduler.</summary>
    public SchedulerNodeOptions Node() => new()
    {
        Scheduler = new SchedulerOptions
        {
            RetryDelay = configuration.Get(Settings.FailureRetry),
            DisableAfterFailures = configuration.Get(Settings.DisableAfterFailures),
            DefaultZone = DefaultZone,
            QueuedRunsMax = configuration.Get(Settings.MaxQueuedRuns),
            BackfillOccurrencesMax = configuration.Get(Settings.MaxBackfillRuns),
            JobsMax = configuration.Get(Settings.MaxJobs),
        },
        Retention = new Retention(
            configuration.Get(Settings.Retention), configuration.Get(Settings.RetentionRunsPerJob)),
    };

    /// <summary>Options of the channels for messages.</summary>
    public NotificationOptions Notifications() => new()
    {
        ClusterName = configuration.Get(Settings.ClusterName),
        WebUrl = Address(Settings.WebuiUrl),
        MailServer = configuration.Get(Settings.MailServer),
        MailFrom = configuration.Get(Settings.MailFrom),
        MailUser = configuration.Get(Settings.MailUser),
        MailPassword = configuration.Get(Settings.MailPassword),
        MailSsl = configuration.Get(Settings.MailSsl),
        SlackUrl = Address(Settings.SlackUrl),
        MattermostUrl = Address(Settings.MattermostUrl),
        HttpUrl = Address(Settings.HttpNotificationUrl),
        HttpCredentials = configuration.Get(Settings.HttpNotificationCredentials),
    };

    /// <summary>Options of the engine that runs tasks on this machine.</summary>
    public LocalEngineOptions LocalEngine()
    {
        var attributes = Split(configuration.Get(Settings.LocalAttributes))
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        return new()
        {
            DataDirectory = DataFolder,
            ExecutorCommand = OwnProgram.With(CommandTree.Executor),
            Cpus = NullIfZero(configuration.Get(Settings.LocalCpus)),
            MemMebibytes = NullIfZero(configuration.Get(Settings.LocalMem)),
            Attributes = attributes,
            DefaultUser = configuration.Get(Settings.User),
            KillGrace = configuration.Get(Settings.KillGrace).ToTimeSpan(),
            UseLimits = configuration.Get(Settings.LocalLimits) != "none",
            CapCpu = configuration.Get(Settings.LocalLimits) == "hard",
            OutputBytesMax = configuration.Get(Settings.OutputLimitBytes),
            OutputHeadBytes = Math.Min(1 << 20, configuration.Get(Settings.OutputLimitBytes) / 2),
        };
    }

    /// <summary>What keeps the state; the texts are masked.</summary>
    private StorePlace Store()
    {
        if (State.IsLocal) return new(StoreKind.Sqlite, DataFolder);
        var texts = configuration.Describe();
        var address = configuration.IsGiven(Settings.ZooKeeperHosts)
            ? $"zk://{texts[Settings.ZooKeeperHosts.Name].Replace("zk://", "", StringComparison.Ordinal)}"
                + texts[Settings.ZooKeeperPath.Name]
            : texts[Settings.State.Name].Split('?')[0];
        var kind = State.Etcd is not null ? StoreKind.Etcd
            : State.ZooKeeper is not null ? StoreKind.ZooKeeper : StoreKind.PostgreSql;
        return new(kind, address);
    }

    private string? Certificate =>
        NullIfEmpty(configuration.Get(Settings.TlsCertificate))
        ?? NullIfEmpty(configuration.Get(Settings.KeystorePath));

    private IEnumerable<string> OwnErrors()
    {
        var http = configuration.Get(Settings.HttpAddress);
        var https = configuration.Get(Settings.HttpsAddress);
        if (https.Length > 0 && https != http && !configuration.Get(Settings.DisableHttp))
            yield return $"--https-address '{https}' differs from --http-address '{http}'; give the same to both, "
                + "or --disable-http.";
        if (configuration.IsGiven(Settings.TlsCertificate) && configuration.IsGiven(Settings.KeystorePath))
            yield return "Both --tls-cert and --ssl-keystore-path are given; remove one of them.";
        if (configuration.IsGiven(Settings.KeystorePath) && Certificate is { } path
            && Path.GetExtension(path).ToUpperInvariant() is not (".PFX" or ".P12"))
            yield return $"--ssl-keystore-path '{path}' must be a PKCS #12 file whose name ends in .p12 or .pfx; make "
                + "one with keytool -importkeystore -deststoretype pkcs12.";
        foreach (var pair in Split(configuration.Get(Settings.LocalAttributes)))
            if (pair.IndexOf('=', StringComparison.Ordinal) <= 0)
                yield return $"--local-attributes '{pair}' must have the form name=value.";
    }

    private JobDefaults JobDefaults() => new()
    {
        Resources = new Resources(
            configuration.Get(Settings.TaskCpu),
            configuration.Get(Settings.TaskMem),
            configuration.Get(Settings.TaskDisk)),
        RunAsUser = NullIfEmpty(configuration.Get(Settings.User)) ?? (Mesos.IsUsed ? "root" : Environment.UserName),
        Epsilon = configuration.Get(Settings.TaskEpsilon),
    };

    private IReadOnlyList<string> Addresses()
    {
        var setting = configuration.Get(Settings.DisableHttp) ? Settings.HttpsAddress : Settings.HttpAddress;
        var given = Split(configuration.Get(setting));
        if (given.Length > 0) return [.. given.Select(address => address == "*" ? Any : address)];
        var isProtected = configuration.Get(Settings.HttpCredentials).Length > 0
            || access.Users.Count > 0 || access.Tokens.Count > 0;
        return isProtected || configuration.Get(Settings.Insecure) ? [Any] : ["127.0.0.1"];
    }

    /// <summary>The address that takes IPv6 and IPv4 alike, where there is IPv6.</summary>
    private static string Any => Socket.OSSupportsIPv6 ? "::" : "0.0.0.0";

    private Uri? Address(Setting<string> setting) =>
        configuration.Get(setting) is { Length: > 0 } text ? new Uri(text) : null;

    private static string[] Split(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static double? NullIfZero(double amount) => amount == 0 ? null : amount;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
