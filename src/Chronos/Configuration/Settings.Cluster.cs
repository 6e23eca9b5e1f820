using NodaTime;

namespace Chronos.Configuration;

public static partial class Settings
{
    /// <summary>The value of <see cref="State"/> without a cluster.</summary>
    public const string LocalState = "sqlite:";

    public static readonly Setting<string> State = new("state", ValueKinds.StateAddress, LocalState)
    {
        Aliases = ["etcd-url"],
        Description = "Where jobs and their state are kept, and by what the nodes of a cluster elect their leader: "
            + "sqlite: (the data folder; one node), etcd://user:password@h1:2379,h2:2379/chronos (etcds:// for TLS), "
            + "zk://user:password@h1:2181,h2:2181/chronos or postgres://user:password@h1:5432,h2:5432/chronos. All "
            + "nodes of a cluster have the same.",
    };

    public static readonly Setting<Duration> Lease = new("lease", ValueKinds.Seconds, Duration.FromSeconds(10))
    {
        Description = "How long the others wait for a leader that does not answer before one of them takes over, 1 s "
            + "to 10 min. ZooKeeper holds it between 2 and 20 of its ticks.",
    };

    public static readonly Setting<string> Advertise = new("advertise", ValueKinds.HttpUrl, "")
    {
        Description = "Where the other nodes of a cluster, and clients that are redirected, reach this node, such as "
            + "http://node-1:8080. Default: the hostname with the port of HTTP, or of TLS where there is a "
            + "certificate.",
    };

    public static readonly Setting<string> Follower =
        new("follower", ValueKinds.Choice("forward", "redirect"), "forward")
        {
            Description = "What a node that does not lead does with requests: forward them to the leader, or redirect "
                + "the client to it with 307, as Mesos Chronos did.",
        };

    public static readonly Setting<string> StateAuthorities = new("state-ca-file", ValueKinds.FilePath, "")
    {
        Description = "Certificates (PEM) of authorities that may vouch for etcd or PostgreSQL; default those of the "
            + "system. With it the host's name is verified.",
    };

    public static readonly Setting<string> StateCertificate = new("state-cert-file", ValueKinds.FilePath, "")
    {
        Description = "Certificate (PEM) by which etcd or PostgreSQL knows this node.",
    };

    public static readonly Setting<string> StateKey = new("state-key-file", ValueKinds.FilePath, "")
    {
        Description = "Private key (PEM) of --state-cert-file.",
    };

    public static readonly Setting<string> ZooKeeperHosts = new("zk-hosts", ValueKinds.Servers, "")
    {
        Description = "Keeps the state in ZooKeeper, as Mesos Chronos did: host:2181,host:2181 or "
            + "zk://host:2181,host:2181 (a path is ignored). The same as --state zk://… with the next three.",
    };

    public static readonly Setting<string> ZooKeeperPath = new("zk-path", ValueKinds.Text, "/chronos/state")
    {
        Description = "With --zk-hosts: the node below which everything is kept.",
    };

    public static readonly Setting<Duration> ZooKeeperTimeout =
        new("zk-timeout", ValueKinds.Milliseconds, Duration.FromSeconds(10))
        {
            Description = "With --zk-hosts: timeout of the session, in milliseconds; the same as --lease.",
        };

    public static readonly Setting<string> ZooKeeperLogin = new("zk-auth", ValueKinds.Credentials, "")
    {
        Description = "With --zk-hosts: user:password of the scheme digest.",
        IsSecret = true,
    };

    /// <summary>Settings of nodes that work together.</summary>
    public static readonly Setting[] ClusterSettings =
    [
        State, Lease, Advertise, Follower, StateAuthorities, StateCertificate, StateKey, ZooKeeperHosts, ZooKeeperPath,
        ZooKeeperTimeout, ZooKeeperLogin,
    ];
}
