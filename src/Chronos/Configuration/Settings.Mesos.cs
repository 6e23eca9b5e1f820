using NodaTime;

namespace Chronos.Configuration;

public static partial class Settings
{
    /// <summary>The value of <see cref="Master"/> without a cluster.</summary>
    public const string NoMaster = "local";

    public static readonly Setting<string> Master = new("master", ValueKinds.Master, NoMaster)
    {
        Aliases = ["mesos-zk"],
        Description = "Mesos masters: host:5050, http://host:5050, https://host:5050, several of these with commas, or "
            + "zk://user:password@host:2181,host:2181/mesos. Jobs without engine then run on Mesos. local: there is no "
            + "cluster, and tasks run on this machine.",
    };

    public static readonly Setting<string> MesosFrameworkName =
        new("mesos-framework-name", ValueKinds.Text, "chronos")
        {
            Description = "Name that Mesos shows.",
        };

    public static readonly Setting<string> MesosRole = new("mesos-role", ValueKinds.Text, "*")
    {
        Description = "Roles to get offers for, with commas.",
    };

    public static readonly Setting<Duration> FailoverTimeout =
        new("failover-timeout", ValueKinds.Seconds, Duration.FromDays(7))
        {
            Description = "Masters keep the tasks so long while no server is connected; then they kill them and forget "
                + "the framework.",
        };

    public static readonly Setting<bool> MesosCheckpoint = new("mesos-checkpoint", ValueKinds.Switch, true)
    {
        Description = "Agents keep tasks over a restart of theirs. A master holds to what a framework said first.",
    };

    public static readonly Setting<string> MesosPrincipal =
        new("mesos-authentication-principal", ValueKinds.Text, "")
        {
            Description = "Who the framework is, where masters authenticate. It can never change for a framework.",
        };

    public static readonly Setting<string> MesosSecret = new("mesos-authentication-secret", ValueKinds.Text, "")
    {
        IsSecret = true,
        Description = "Proves the principal to masters.",
    };

    public static readonly Setting<string> AgentPrincipal = new("mesos-agent-principal", ValueKinds.Text, "")
    {
        Description = "Who reads the output of tasks, where agents authenticate.",
    };

    public static readonly Setting<string> AgentSecret = new("mesos-agent-secret", ValueKinds.Text, "")
    {
        IsSecret = true,
        Description = "Proves --mesos-agent-principal to agents.",
    };

    public static readonly Setting<bool> MesosTls = new("mesos-tls", ValueKinds.Switch, false)
    {
        Description = "Masters that are found through ZooKeeper, and their agents, speak HTTPS. Addresses say so "
            + "themselves.",
    };

    public static readonly Setting<string> MesosAuthorities = new("mesos-ca-file", ValueKinds.FilePath, "")
    {
        Description = "PEM file with the authorities that certificates of masters and agents come from. Empty: those "
            + "of the system.",
    };

    public static readonly Setting<string> MesosEncoding =
        new("mesos-encoding", ValueKinds.Choice("protobuf", "json"), "protobuf")
        {
            Description = "How messages are written; json can be read in a packet trace.",
        };

    public static readonly Setting<string> MesosPlacement =
        new("mesos-placement", ValueKinds.Choice("bin-pack", "spread", "fifo"), "bin-pack")
        {
            Description = "Which of several suitable agents a task gets. bin-pack: the fullest; spread: each in turn; "
                + "fifo: the one that was offered first.",
        };

    public static readonly Setting<bool> MesosGpus = new("mesos-gpus", ValueKinds.Switch, false)
    {
        Description = "Also takes offers of agents with GPUs, which masters keep from others.",
    };

    public static readonly Setting<bool> MesosOtherRegions = new("mesos-other-regions", ValueKinds.Switch, false)
    {
        Description = "Also takes offers of agents in other regions than the master's.",
    };

    public static readonly Setting<string> MesosLabels = new("mesos-labels", ValueKinds.Text, "")
    {
        Description = "Labels of the framework, such as team=data,stage=prod.",
    };

    public static readonly Setting<Duration> DeclineOfferDuration =
        new("decline-offer-duration", ValueKinds.Milliseconds, Duration.FromSeconds(5))
        {
            Description = "What is declined is not offered again for this long, unless new work asks for it.",
        };

    public static readonly Setting<Duration> ReviveInterval =
        new("min-revive-offers-interval", ValueKinds.Milliseconds, Duration.FromSeconds(1))
        {
            Description = "Least time between two requests for offers.",
        };

    public static readonly Setting<Duration> ReconciliationInterval =
        new("reconciliation-interval", ValueKinds.Seconds, Duration.FromSeconds(600))
        {
            Description = "Time between two times that the master is asked for all tasks, beside each new connection.",
        };

    public static readonly Setting<Duration> MesosLaunchTimeout =
        new("mesos-launch-timeout", ValueKinds.Seconds, Duration.FromSeconds(30))
        {
            Description = "A launch of which nothing is heard for this long is asked for.",
        };

    public static readonly Setting<Duration> MesosUnreachableTimeout =
        new("mesos-unreachable-timeout", ValueKinds.Seconds, Duration.FromMinutes(10))
        {
            Description = "A task whose agent is out of reach for this long is given up: its run is lost, and the "
                + "job's onDoubt says whether it runs again. Should the agent return, the task is killed.",
        };

    /// <summary>All of them, in the order of the documentation.</summary>
    public static readonly Setting[] MesosSettings =
    [
        Master, MesosFrameworkName, MesosRole, FailoverTimeout, MesosCheckpoint, MesosPrincipal, MesosSecret,
        AgentPrincipal, AgentSecret, MesosTls, MesosAuthorities, MesosEncoding, MesosPlacement, MesosGpus,
        MesosOtherRegions, MesosLabels, DeclineOfferDuration, ReviveInterval, ReconciliationInterval,
        MesosLaunchTimeout, MesosUnreachableTimeout,
    ];
}
