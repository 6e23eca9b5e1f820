using System.Net;
using Chronos.Configuration;
using Chronos.Core.Jobs;
using Chronos.Mesos;
using Chronos.Mesos.Client;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Http;
using Chronos.Mesos.Offers;
using Chronos.Mesos.Tasks;
using Chronos.Mesos.Wire;
using Chronos.Server.Hosting;

namespace Chronos.Serving;

/// <summary>Turns the configuration into the options of the Mesos engine.</summary>
public sealed class MesosSettings
{
    private readonly ServerConfiguration configuration;
    private readonly List<string> errors = [];
    private readonly MasterSetting? master;
    private readonly MasterCredentials? credentials;
    private readonly MasterCredentials? agentCredentials;

    /// <summary>Reads what concerns Mesos.</summary>
    public MesosSettings(ServerConfiguration configuration)
    {
        this.configuration = configuration;
        if (!IsUsed) return;
        if (!MasterSetting.TryParse(configuration.Get(Settings.Master), out master, out var violation))
            errors.Add($"--master '{violation.Value}': {violation.Rule} {violation.Remedy}");
        credentials = Credentials(Settings.MesosPrincipal, Settings.MesosSecret);
        agentCredentials = Credentials(Settings.AgentPrincipal, Settings.AgentSecret);
        foreach (var pair in Split(Settings.MesosLabels))
            if (pair.IndexOf('=', StringComparison.Ordinal) <= 0)
                errors.Add($"--mesos-labels '{pair}' must have the form name=value.");
        var authorities = configuration.Get(Settings.MesosAuthorities);
        if (authorities.Length > 0 && !File.Exists(authorities))
            errors.Add($"--mesos-ca-file '{authorities}' does not exist.");
        if (Split(Settings.MesosRole).Length == 0)
            errors.Add("--mesos-role needs at least one role; * is the default.");
    }

    /// <summary>Everything that is wrong, as sentences; empty: nothing.</summary>
    public IReadOnlyList<string> Errors => errors;

    /// <summary>Whether jobs run on Mesos.</summary>
    public bool IsUsed => configuration.Get(Settings.Master) != Settings.NoMaster;

    /// <summary>Options of the engine.</summary>
    /// <param name="http">How this server is reached, which Mesos shows.</param>
    public MesosEngineOptions Engine(ServerOptions http) => new()
    {
        Master = master ?? throw new InvalidOperationException("There is no valid master."),
        UsesTls = configuration.Get(Settings.MesosTls),
        Framework = Framework(http),
        Client = new()
        {
            Codec = configuration.Get(Settings.MesosEncoding) == "json" ? MessageCodec.Json : MessageCodec.Protobuf,
        },
        Http = new()
        {
            Credentials = credentials,
            TrustedAuthoritiesFile = configuration.Get(Settings.MesosAuthorities),
        },
        AgentCredentials = agentCredentials,
        Tasks = new() { KillGrace = configuration.Get(Settings.KillGrace).ToTimeSpan() },
        Placement = configuration.Get(Settings.MesosPlacement) switch
        {
            "bin-pack" => PlacementPolicy.BinPack,
            "spread" => PlacementPolicy.Spread,
            "fifo" => PlacementPolicy.Fifo,
            var other => throw new InvalidOperationException($"Unknown placement '{other}'."),
        },
        DeclineTime = configuration.Get(Settings.DeclineOfferDuration).ToTimeSpan(),
        ReviveInterval = configuration.Get(Settings.ReviveInterval).ToTimeSpan(),
        ReconcileInterval = configuration.Get(Settings.ReconciliationInterval).ToTimeSpan(),
        LaunchTimeout = configuration.Get(Settings.MesosLaunchTimeout).ToTimeSpan(),
        UnreachableTimeout = configuration.Get(Settings.MesosUnreachableTimeout).ToTimeSpan(),
    };

    private FrameworkOptions Framework(ServerOptions http) => new()
    {
        Name = configuration.Get(Settings.MesosFrameworkName),
        User = configuration.Get(Settings.User) is { Length: > 0 } user ? user : "root",
        Roles = Split(Settings.MesosRole).ToValueList(),
        Principal = configuration.Get(Settings.MesosPrincipal),
        FailoverTimeout = configuration.Get(Settings.FailoverTimeout).ToTimeSpan(),
        Checkpoint = configuration.Get(Settings.MesosCheckpoint),
        HostName = configuration.Get(Settings.Hostname),
        WebUiUrl = WebUiUrl(http),
        Labels = Split(Settings.MesosLabels).Select(pair => pair.Split('=', 2))
            .Select(parts => new Label(parts[0], parts[1])).ToValueList(),
        UseGpus = configuration.Get(Settings.MesosGpus),
        UseOtherRegions = configuration.Get(Settings.MesosOtherRegions),
    };

    // A port that the system chooses is not known yet.
    private string WebUiUrl(ServerOptions http)
    {
        if (configuration.Get(Settings.WebuiUrl) is { Length: > 0 } url) return url;
        if ((http.HttpPort ?? http.HttpsPort) is not ({ } port and > 0)) return "";
        var scheme = http.HttpPort is null ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        return $"{scheme}://{HostName(http)}:{port}";
    }

    private string HostName(ServerOptions http)
    {
        if (configuration.Get(Settings.Hostname) is { Length: > 0 } given) return given;
        var isOnlyHere = http.Addresses.All(address =>
            address == "localhost" || (IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip)));
        return isOnlyHere ? "localhost" : Environment.MachineName;
    }

    private MasterCredentials? Credentials(Setting<string> principal, Setting<string> secret)
    {
        if (configuration.Get(secret).Length == 0) return null;
        var made = MasterCredentials.TryCreate(configuration.Get(principal), configuration.Get(secret), out var wrong);
        if (wrong is not null)
            errors.Add($"{(wrong.Field == "principal" ? principal : secret).Flag}: {wrong.Rule} {wrong.Remedy}");
        return made;
    }

    private string[] Split(Setting<string> setting) => configuration.Get(setting)
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
