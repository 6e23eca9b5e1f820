using NodaTime;

namespace Chronos.Configuration;

/// <summary>Everything that <c>chronos serve</c> can be told.</summary>
public static partial class Settings
{
    public static readonly Setting<string> DataDir = new("data-dir", ValueKinds.FilePath, "./chronos-data")
    {
        Description = "Folder of the database, the logs of tasks and their sandboxes; created where it is missing. "
            + "Only one server may use it, and it must be on a local disk.",
    };

    public static readonly Setting<bool> Demo = new("demo", ValueKinds.Switch, false)
    {
        Description = "Adds a small example: a chain of ETL jobs that run every few seconds, all labelled demo=true. "
            + "Example jobs that are already there are left as they are.",
        Aliases = ["add-sample"],
    };

    public static readonly Setting<bool> Drain = new("drain", ValueKinds.Switch, false)
    {
        Description = "On Ctrl-C or SIGTERM stop starting runs, wait for those that run, and end when none is left. "
            + "Without it the server ends at once, and tasks go on and are found again at the next start.",
    };

    public static readonly Setting<string> LeastLogLevel =
        new("log-level", ValueKinds.Choice("trace", "debug", "information", "warning", "error"), "information")
        {
            Description = "Least severe messages that are written.",
        };

    public static readonly Setting<string> LogFormat = new("log-format", ValueKinds.Choice("text", "json"), "text")
    {
        Description = "Messages as lines for people or as JSON objects, one a line.",
    };

    public static readonly Setting<bool> Verbose = new("verbose", ValueKinds.Switch, false)
    {
        Description = "Shows the stack trace of an error that keeps the server from starting.",
    };

    public static readonly Setting<int> HttpPort = new("http-port", ValueKinds.Port, 8080)
    {
        Aliases = ["web-port"],
        Description = "Port of the API and the UI; 0: any free one.",
    };

    public static readonly Setting<string> HttpAddress = new("http-address", ValueKinds.Text, "")
    {
        Description = "Addresses to listen on, with commas: IP addresses, localhost, or * for all. Empty: 127.0.0.1, "
            + "or all addresses where credentials, users, tokens or --insecure are given.",
    };

    public static readonly Setting<bool> Insecure = new("insecure", ValueKinds.Switch, false)
    {
        Description = "Lets everybody who reaches the address create jobs, which is running code on this machine. "
            + "Needed to listen beyond this machine without credentials.",
    };

    public static readonly Setting<int> HttpsPort = new("https-port", ValueKinds.Port, 8443)
    {
        Description = "Port for TLS; used only with a certificate or keystore.",
    };

    public static readonly Setting<string> HttpsAddress = new("https-address", ValueKinds.Text, "")
    {
        Description = "Addresses to listen on for TLS; must be those of --http-address unless --disable-http is given.",
    };

    public static readonly Setting<bool> DisableHttp = new("disable-http", ValueKinds.Switch, false)
    {
        Description = "Listens for TLS only.",
    };

    public static readonly Setting<string> TlsCertificate = new("tls-cert", ValueKinds.FilePath, "")
    {
        Description = "PEM file with the certificate and its chain.",
    };

    public static readonly Setting<string> TlsKey = new("tls-key", ValueKinds.FilePath, "")
    {
        Description = "PEM file with the private key; empty: it is in the file of --tls-cert.",
    };

    public static readonly Setting<string> KeystorePath = new("ssl-keystore-path", ValueKinds.FilePath, "")
    {
        ForeignVariables = ["MESOSPHERE_KEYSTORE_PATH"],
        Description = "PKCS #12 file with certificate and key, as Java's keytool writes it since Java 9. "
            + "A file in the older JKS format must be converted: keytool -importkeystore -deststoretype pkcs12.",
    };

    public static readonly Setting<string> KeystorePassword = new("ssl-keystore-password", ValueKinds.Text, "")
    {
        ForeignVariables = ["MESOSPHERE_KEYSTORE_PASS"],
        IsSecret = true,
        Description = "Password of --ssl-keystore-path.",
    };

    public static readonly Setting<string> HttpCredentials = new("http-credentials", ValueKinds.Credentials, "")
    {
        ForeignVariables = ["MESOSPHERE_HTTP_CREDENTIALS"],
        IsSecret = true,
        Description = "One user with all rights, for basic authentication.",
    };

    public static readonly Setting<string> HttpRealm = new("http-realm", ValueKinds.Text, "Mesosphere")
    {
        Description = "Realm that browsers show when they ask for a password.",
    };

    public static readonly Setting<bool> HttpCompression = new("http-compression", ValueKinds.Switch, true)
    {
        Description = "Compresses answers with gzip where the client takes it.",
    };

    public static readonly Setting<bool> DisableHttpCompression =
        new("disable-http-compression", ValueKinds.Switch, false)
        {
            Description = "The same as --http-compression false.",
        };

    public static readonly Setting<string> Hostname = new("hostname", ValueKinds.Text, "")
    {
        Description = "Name under which clients reach this server; the Chronos-compatible API gives it as the leader. "
            + "Empty: the name the client asked for.",
    };

    public static readonly Setting<string> ClusterName = new("cluster-name", ValueKinds.Text, "")
    {
        Description = "Name of this installation; stands in brackets before the subjects of messages.",
    };

    public static readonly Setting<long> MaxBodyBytes = new("max-body-bytes", ValueKinds.Bytes, 16L << 20)
    {
        Description = "Largest request that is read, but for bulk puts.",
    };

    public static readonly Setting<long> MaxBulkBodyBytes =
        new("max-bulk-body-bytes", ValueKinds.Bytes, 256L << 20)
        {
            Description = "Largest bulk put, which carries many jobs.",
        };

    public static readonly Setting<int> MaxBulkJobs =
        new("max-bulk-jobs", ValueKinds.Count(1, 10_000_000), 200_000)
        {
            Description = "Most jobs of one bulk put.",
        };

    public static readonly Setting<int> MaxConnections =
        new("max-connections", ValueKinds.Count(1, 1_000_000), 10_000)
        {
            Description = "Most open connections of clients.",
        };

    public static readonly Setting<string> AccessFile = new("access-file", ValueKinds.FilePath, "")
    {
        Description = "File in YAML or JSON with users (name, passwordHash, role) and tokens (name, tokenHash, role). "
            + "chronos hash makes the hashes; roles are viewer, operator and admin.",
    };

    public static readonly Setting<string> AllowedHosts = new("allowed-hosts", ValueKinds.Text, "")
    {
        Description = "Host names with commas by which browsers may reach the server, such as the name of a reverse "
            + "proxy. Empty: on loopback only its own names; elsewhere any name.",
    };

    public static readonly Setting<Duration> Retention = new("retention-days", ValueKinds.Days, Duration.FromDays(30))
    {
        Description = "Runs that ended longer ago are forgotten, with their logs.",
    };

    public static readonly Setting<int> RetentionRunsPerJob =
        new("retention-runs-per-job", ValueKinds.Count(1, 10_000_000), 1000)
        {
            Description = "Most runs of one job that are kept, the newest.",
        };
}
