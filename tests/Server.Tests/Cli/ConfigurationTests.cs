using Chronos.Configuration;
using Chronos.Server.Hosting;
using Chronos.Serving;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Cli;

public sealed class ConfigurationTests
{
    private static ConfigurationResult Read(
        string flags = "", Dictionary<string, string>? environment = null, Dictionary<string, string>? files = null) =>
        ConfigurationReader.Read(new ConfigurationSources
        {
            Flags = Split(flags),
            Environment = environment ?? [],
            ReadFile = path => files?.GetValueOrDefault(path) ?? throw new FileNotFoundException($"No {path}."),
        });

    private static List<GivenFlag> Split(string flags) =>
    [
        .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(flag => flag.Split('=', 2))
            .Select(parts => new GivenFlag(parts[0], parts.Length > 1 ? parts[1] : null)),
    ];

    private static ServerConfiguration Accepted(ConfigurationResult result)
    {
        Assert.Empty(result.Errors);
        return result.Configuration!;
    }

    private static StateSettings State(string flags) => new(Accepted(Read(flags)));

    /// <summary>All flags of Mesos Chronos 2.x and 3.x, with the values its users give them.</summary>
    public static TheoryData<string, string?> OriginalFlags => new()
    {
        { "master", "local" }, { "user", "deploy" }, { "failover_timeout", "604800" },
        { "mesos_framework_name", "chronos" }, { "mesos_role", "*" }, { "mesos_checkpoint", null },
        { "mesos_task_cpu", "0.5" }, { "mesos_task_mem", "256.0" }, { "mesos_task_disk", "256" },
        { "mesos_authentication_principal", "p" }, { "mesos_authentication_secret_file", "/secret" },
        { "webui_url", "http://chronos:4400" }, { "cluster_name", "prod" }, { "failure_retry", "60000" },
        { "disable_after_failures", "3" }, { "task_epsilon", "60" }, { "schedule_horizon", "60" },
        { "reconciliation_interval", "600" }, { "revive_offers_for_new_jobs", null },
        { "min_revive_offers_interval", "5000" }, { "decline_offer_duration", "5000" },
        { "zk_hosts", "localhost:2181" }, { "zk_path", "/chronos/state" }, { "zk_timeout", "10000" },
        { "zk_auth", "user:password" }, { "hostname", "h1" }, { "leader_max_idle_time", "5000" },
        { "http_port", "4400" }, { "http_address", "0.0.0.0" }, { "https_port", "8443" },
        { "https_address", "0.0.0.0" }, { "ssl_keystore_path", "/keys" }, { "ssl_keystore_password", "secret" },
        { "http_credentials", "user:password" }, { "http_realm", "Mesosphere" }, { "disable_http", null },
        { "http_compression", null }, { "disable_http_compression", null }, { "assets_path", "/assets" },
        { "mail_server", "mail:25" }, { "mail_user", "u" }, { "mail_password", "p" }, { "mail_from", "a@b.c" },
        { "mail_ssl", null }, { "raven_dsn", "https://x" }, { "slack_url", "https://x" },
        { "mattermost_url", "https://x" }, { "http_notification_url", "http://x" },
        { "http_notification_credentials", "u:p" }, { "graphite_host_port", "g:2003" },
        { "graphite_reporting_interval", "60" }, { "graphite_group_prefix", "x" },
        { "cassandra_contact_points", "a,b" }, { "cassandra_port", "9042" }, { "cassandra_user", "u" },
        { "cassandra_password", "p" }, { "cassandra_keyspace", "metrics" }, { "cassandra_table", "chronos" },
        { "cassandra_stat_count_table", "chronos_stat_count" }, { "cassandra_consistency", "ANY" },
        { "cassandra_ttl", "31536000" }, { "job_history_limit", "5" },
        // chronos-go
        { "mesos_zk", "zk://127.0.0.1:2181/mesos" }, { "binding_address", "127.0.0.1" }, { "binding_port", "0" },
        { "web_port", "8080" }, { "etcd_url", "etcd://127.0.0.1:2379/chronos-go" },
        { "redis_server", "127.0.0.1:6379" }, { "add_sample", null }, { "run_sample", null }, { "logtostderr", null },
    };

    [Theory]
    [MemberData(nameof(OriginalFlags))]
    public void Flag_OfTheOriginals_IsAccepted(string name, string? value) =>
        Accepted(ConfigurationReader.Read(new ConfigurationSources
        {
            Flags = [new(name, value)], ReadFile = static _ => "the content of a file",
        }));

    [Fact]
    public void Names_AreUniqueAmongAllSettings()
    {
        var names = SettingTable.All.SelectMany(setting => setting.AllNames()).ToList();

        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Equal(SettingTable.All.Count, SettingTable.All.Select(setting => setting.Variable).Distinct().Count());
    }

    [Fact]
    public void Defaults_FollowTheirOwnRules()
    {
        foreach (var setting in SettingTable.All.Where(setting => setting.DefaultText.Length > 0))
            Assert.Null(setting.Read(setting.DefaultText).BrokenRule);
    }

    [Fact]
    public void Sources_InOrder_FlagsEnvironmentFileDefault()
    {
        var files = new Dictionary<string, string>
        {
            ["/etc/chronos.yaml"] = "http-port: 1\nuser: file\ncluster-name: file\n",
        };
        var environment = new Dictionary<string, string>
        {
            ["CHRONOS_CONFIG"] = "/etc/chronos.yaml",
            ["CHRONOS_HTTP_PORT"] = "2",
            ["CHRONOS_USER"] = "environment",
        };

        var configuration = Accepted(Read("http_port=3", environment, files));

        Assert.Equal(3, configuration.Get(Settings.HttpPort));
        Assert.Equal("environment", configuration.Get(Settings.User));
        Assert.Equal("file", configuration.Get(Settings.ClusterName));
        Assert.Equal("./chronos-data", configuration.Get(Settings.DataDir));
    }

    [Fact]
    public void ConfigFlag_WinsOverItsVariable()
    {
        var files = new Dictionary<string, string> { ["a"] = "user: a", ["b"] = "user: b" };

        var configuration = Accepted(Read("config=a", new() { ["CHRONOS_CONFIG"] = "b" }, files));

        Assert.Equal("a", configuration.Get(Settings.User));
    }

    [Theory]
    [InlineData("http:\n  port: 81\n  realm: Here\nlocal_mem: 512\nkillGrace: 5s\n")]
    [InlineData("""{"http": {"port": 81, "realm": "Here"}, "local_mem": 512, "killGrace": "5s"}""")]
    [InlineData("# comment\nhttp-port: 81\nhttp-realm: 'Here'\nlocal-mem: 512\nkill-grace: PT5S\nuser: ~\n")]
    public void ConfigurationFile_InAnyForm_IsRead(string text)
    {
        var configuration = Accepted(Read("config=f", files: new() { ["f"] = text }));

        Assert.Equal(81, configuration.Get(Settings.HttpPort));
        Assert.Equal("Here", configuration.Get(Settings.HttpRealm));
        Assert.Equal(512, configuration.Get(Settings.LocalMem));
        Assert.Equal(Duration.FromSeconds(5), configuration.Get(Settings.KillGrace));
        Assert.Equal("", configuration.Get(Settings.User));
    }

    [Fact]
    public void Errors_OfAllSources_AreToldAtOnce()
    {
        var errors = Read(
            "htp_port=1 http-address http-port=99999",
            new() { ["CHRONOS_DATADIR"] = "x", ["CHRONOS_LOG_LEVEL"] = "loud" },
            new() { ["f"] = "usr: x" }).Errors;
        var withFile = Read(
            "config=f htp_port=1",
            files: new() { ["f"] = "http-port: 80\nfailure-retyr: x\nretention-days: many" }).Errors;

        Assert.Collection(
            errors,
            error => Assert.Equal("CHRONOS_DATADIR is not known. Did you mean CHRONOS_DATA_DIR?", error),
            error => Assert.StartsWith("CHRONOS_LOG_LEVEL 'loud': the value must be one of trace, debug", error),
            error => Assert.Equal("--htp_port is not known. Did you mean --http-port?", error),
            error => Assert.Equal("--http-address needs a value: text.", error),
            error => Assert.Equal("--http-port '99999': the value must be a whole number from 0 to 65535.", error));
        Assert.Collection(
            withFile,
            error => Assert.Equal("f:2: failure-retyr is not known. Did you mean failure-retry?", error),
            error => Assert.StartsWith("f:3: retention-days 'many': the value must be a duration", error),
            error => Assert.StartsWith("--htp_port", error));
    }

    [Theory]
    [InlineData("f", "a: [")]
    [InlineData("f", "- a")]
    [InlineData("missing", "")]
    public void ConfigurationFile_ThatCannotBeRead_IsRefused(string path, string text) =>
        Assert.StartsWith(
            path == "f" ? "f:" : "The configuration file 'missing'",
            Assert.Single(Read("config=" + path, files: new() { ["f"] = text }).Errors));

    [Theory]
    [InlineData("zk_hosts=zk://a:2181,b:2181/x", "zk://a:2181,b:2181/chronos/state")]
    [InlineData("zk_hosts=a zk_path=/x zk_auth=u:p", "zk://***@a:2181/x")]
    [InlineData("state=zk://u:p@a,b/x", "zk://***@a:2181,b:2181/x")]
    public void State_InZooKeeper_IsReadAsMesosChronosDid(string flags, string address) =>
        Assert.Equal(address, State(flags).ZooKeeper?.Address.ToString());

    [Theory]
    [InlineData("etcd_url=etcd://h1:2379/x", "etcd at h1:2379/x", null)]
    [InlineData("state=etcds://u:p:q@h1,h2:1/a/b/", "etcd at h1:2379,h2:1/a/b", "u p:q")]
    [InlineData("state=etcd://[::1]", "etcd at [::1]:2379/chronos", null)]
    public void State_InEtcd_IsRead(string flags, string place, string? login)
    {
        var etcd = State(flags).Etcd;

        Assert.Equal(place, etcd?.ToString());
        Assert.Equal(login, etcd?.User is { } user ? $"{user} {etcd.Password}" : null);
    }

    [Theory]
    [InlineData("state=sqlite: data_dir=/data", StoreKind.Sqlite, "/data")]
    [InlineData("state=etcds://u:hush@h1,h2/x", StoreKind.Etcd, "etcds://***@h1,h2/x")]
    [InlineData("zk_hosts=zk://h1:2181 zk_path=/c zk_auth=u:hush", StoreKind.ZooKeeper, "zk://h1:2181/c")]
    [InlineData("state=postgres://u:hush@h1/x?Ssl%20Password=hush", StoreKind.PostgreSql, "postgres://***@h1/x")]
    public void Store_AnyState_IsNamedWithoutCredentials(string flags, StoreKind kind, string address)
    {
        var configuration = Accepted(Read(flags));

        Assert.Equal(new(kind, address), new ServerSettings(configuration).Http().Store);
        Assert.DoesNotContain(configuration.Describe().Values, text => text.Contains("hush", StringComparison.Ordinal));
    }

    [Fact]
    public void State_InPostgreSql_IsRead()
    {
        var database = State("state=postgres://u%40x:p%3Aq@h1:5433,h2/jobs?sslmode=Require&schema=nightly").PostgreSql;

        Assert.Equal("PostgreSQL at h1:5433,h2/jobs, schema nightly", database?.ToString());
        Assert.Contains("Username=u@x;Password=p:q", database?.ConnectionString, StringComparison.Ordinal);
        Assert.Contains("SSL Mode=Require", database?.ConnectionString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state=redis://h", "no store")]
    [InlineData("state=postgres:///x", "no server")]
    [InlineData("state=postgres://h/x?colour=red", "colour")]
    [InlineData("state=etcd://user@h1", "user:password")]
    [InlineData("state=etcd://h1,,h2", "no server")]
    [InlineData("state=zk://h1:99999/x", "99999")]
    [InlineData("state=zk://h1/x zk_hosts=h2", "leave one out")]
    [InlineData("state=zk://h1/x state-ca-file=/ca.pem", "--state-ca-file is given, but only")]
    [InlineData("state-key-file=/key.pem", "--state-key-file is given, but only")]
    [InlineData("state=postgres://h/x state-ca-file=/none.pem", "'/none.pem' cannot be read")]
    [InlineData("state=etcd://h1 lease=0", "--lease")]
    [InlineData("state=etcds://h1 state-ca-file=/missing/ca.pem", "/missing/ca.pem")]
    public void State_ThatCannotBe_IsToldWithTheRemedy(string flags, string part) =>
        Assert.Contains(State(flags).Errors, error => error.Contains(part, StringComparison.Ordinal));

    [Theory]
    [InlineData("state=etcds://h1 state-ca-file=/missing/ca.pem")]
    [InlineData("state=postgres://h/x state-ca-file=/missing/ca.pem")]
    public void State_CertificateThatCannotBeRead_IsAllThatIsWrong(string flags) =>
        Assert.Contains("cannot be read", Assert.Single(State(flags).Errors), StringComparison.Ordinal);

    [Fact]
    public void State_ThatIsNoAddress_IsRefusedWithoutItsPassword()
    {
        var error = Assert.Single(Read("state=etcd:/u:hunter2@h1").Errors);

        Assert.Contains("etcd://", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("master=local", 0)]
    [InlineData("graphite_host_port=g:2003 raven_dsn=https://x revive_offers_for_new_jobs", 3)]
    [InlineData("http_port=1", 0)]
    public void Flag_WithoutEffect_GivesOneWarning(string flags, int count) =>
        Assert.Equal(count, Accepted(Read(flags)).Warnings.Count);

    [Fact]
    public void Secret_ComesFromAFileAndIsNeverShown()
    {
        var files = new Dictionary<string, string> { ["/run/secret"] = "admin:hunter2\n" };

        var byVariable = Accepted(Read("", new() { ["CHRONOS_HTTP_CREDENTIALS_FILE"] = "/run/secret" }, files));
        var byFlag = Accepted(Read("http_credentials_file=/run/secret", files: files));
        var byForeign = Accepted(Read("", new() { ["MESOSPHERE_HTTP_CREDENTIALS"] = "admin:hunter2" }));

        foreach (var configuration in (ServerConfiguration[])[byVariable, byFlag, byForeign])
        {
            Assert.Equal("admin:hunter2", configuration.Get(Settings.HttpCredentials));
            Assert.Equal("***", configuration.Describe()["http-credentials"]);
            Assert.DoesNotContain("hunter2", configuration.Summarize(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Secret_ThatIsWrong_IsNotEchoed() =>
        Assert.DoesNotContain("hunter2", Assert.Single(Read("http-credentials=hunter2").Errors));

    [Fact]
    public void Variables_OfKubernetesAndTasks_AreLeftAlone() => Accepted(Read("", new()
    {
        ["CHRONOS_SERVICE_HOST"] = "10.0.0.1",
        ["CHRONOS_SERVICE_PORT_HTTP"] = "80",
        ["CHRONOS_PORT"] = "tcp://10.0.0.1:80",
        ["CHRONOS_PORT_80_TCP_ADDR"] = "10.0.0.1",
        ["CHRONOS_UI_PORT"] = "tcp://10.0.0.1:80",
        ["CHRONOS_JOB_NAME"] = "a",
        ["CHRONOS_URL"] = "http://x",
        ["CHRONOS_TOKEN"] = "t",
    }));

    [Theory]
    [InlineData("60000", 60_000)]
    [InlineData("90s", 90_000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("PT1M30S", 90_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("0", 0)]
    public void Duration_WithOrWithoutUnit_IsRead(string text, long milliseconds) =>
        Assert.Equal(
            Duration.FromMilliseconds(milliseconds),
            Accepted(Read("failure_retry=" + text)).Get(Settings.FailureRetry));

    [Theory]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("1w")]
    [InlineData("99999999d")]
    [InlineData("P")]
    public void Duration_ThatIsNone_IsRefused(string text) =>
        Assert.Single(Read("failure_retry=" + text).Errors);

    [Theory]
    [InlineData("1048576", 1048576)]
    [InlineData("512k", 524288)]
    [InlineData("10M", 10485760)]
    [InlineData("2GiB", 2147483648)]
    public void Bytes_WithOrWithoutUnit_AreRead(string text, long bytes) =>
        Assert.Equal(bytes, Accepted(Read("max-body-bytes=" + text)).Get(Settings.MaxBodyBytes));

    [Fact]
    public void Summary_NamesWhatWasSetAndWhere()
    {
        var configuration = Accepted(Read("http_port=81 drain", new() { ["CHRONOS_USER"] = "deploy" }));

        Assert.Equal("drain=true (--drain), http-port=81 (--http_port), user=deploy (CHRONOS_USER)",
            configuration.Summarize());
        Assert.Equal("all defaults", Accepted(Read()).Summarize());
    }

    [Theory]
    [InlineData("a: [1\nb: 2")]
    [InlineData("a: {b: 1\nc: 2")]
    public void ConfigurationFile_BracketNotClosed_IsAnErrorWithItsLine(string text)
    {
        var (entries, error) = ConfigurationFile.Parse(text);

        Assert.Empty(entries);
        Assert.Matches("^[0-9]+: ", error);
    }
}
