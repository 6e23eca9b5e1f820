namespace Chronos.Configuration;

/// <summary>Flags of Mesos Chronos and chronos-go that this version accepts without acting on them.</summary>
public static partial class Settings
{
    private const string Graphite = "Graphite: ";
    private const string Cassandra = "Cassandra: ";

    /// <summary>Settings that do nothing.</summary>
    public static readonly Setting[] NoEffectSettings =
    [
        NoEffect("schedule-horizon", "How far ahead Chronos 2.x looked; this scheduler needs no horizon.", "60"),
        NoEffectSwitch("revive-offers-for-new-jobs", "Asks Mesos for offers when work is new, which is always done."),
        NoEffect("leader-max-idle-time", "Nothing in Mesos Chronos either.", "5000"),
        NoEffect("assets-path", "Folder of the UI's files; the UI is part of the program."),
        NoEffectSecret("raven-dsn", "Notifications to Sentry."),
        NoEffect("graphite-host-port", Graphite + "server. Metrics are at /metrics."),
        NoEffect("graphite-reporting-interval", Graphite + "time between reports.", "60"),
        NoEffect("graphite-group-prefix", Graphite + "prefix of names."),
        NoEffect("cassandra-contact-points", Cassandra + "servers. The history is in the data folder."),
        NoEffect("cassandra-port", Cassandra + "port.", "9042"),
        NoEffect("cassandra-user", Cassandra + "login."),
        NoEffectSecret("cassandra-password", Cassandra + "password."),
        NoEffect("cassandra-keyspace", Cassandra + "keyspace.", "metrics"),
        NoEffect("cassandra-table", Cassandra + "table of the history.", "chronos"),
        NoEffect("cassandra-stat-count-table", Cassandra + "table of counters.", "chronos_stat_count"),
        NoEffect("cassandra-consistency", Cassandra + "consistency of writes.", "ANY"),
        NoEffect("cassandra-ttl", Cassandra + "how long rows stay.", "31536000"),
        NoEffect("binding-address", "chronos-go: address for Mesos; see --http-address.", "127.0.0.1"),
        NoEffect("binding-port", "chronos-go: port for Mesos.", "0"),
        NoEffect("redis-server", "chronos-go: store of the history.", "127.0.0.1:6379"),
        NoEffectSwitch("run-sample", "chronos-go: runs its samples."),
        NoEffectSwitch("logtostderr", "chronos-go: logs go to standard error."),
    ];

    private static Setting<string> NoEffect(string name, string description, string @default = "") =>
        new(name, ValueKinds.Text, @default) { Description = description, Standing = Standing.NoEffect };

    private static Setting<string> NoEffectSecret(string name, string description) =>
        new(name, ValueKinds.Text, "")
        {
            Description = description,
            Standing = Standing.NoEffect,
            IsSecret = true,
        };

    private static Setting<bool> NoEffectSwitch(string name, string description, bool @default = false) =>
        new(name, ValueKinds.Switch, @default) { Description = description, Standing = Standing.NoEffect };
}
