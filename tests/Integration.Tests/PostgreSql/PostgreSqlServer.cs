using System.Collections.Concurrent;
using System.Diagnostics;
using Chronos.Integration.Tests.Stores;
using Chronos.Integration.Tests.ZooKeeper;
using Npgsql;
using Xunit;

namespace Chronos.Integration.Tests.PostgreSql;

/// <summary>A real PostgreSQL server, from Debian's package, over a temporary folder. A test may kill and start it
/// again; it keeps its port and its content. As root it runs as the package's user, because it refuses root.</summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    private const string User = "chronos";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly ConcurrentDictionary<int, Process> Running = new();
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-postgresql-").FullName;
    private IReadOnlyList<string> flags = [];
    private Process? process;

    static PostgreSqlServer() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // Of tests that were stopped, or never ended.
        foreach (var left in Running.Values) left.Kill(entireProcessTree: true);
    };

    internal int Port { get; } = FreePort.Next();

    private static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal)
            .Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(bin + "/postgres"))
        : null;

    internal static Task<PostgreSqlServer> StartAsync() => StartAsync(static server => server.InitializeAsync("trust"));

    /// <summary>Starts one that speaks TLS only, and only to clients with a certificate and the password.</summary>
    internal static Task<PostgreSqlServer> StartSecureAsync(TestAuthority authority, string password) =>
        StartAsync(server => server.SecureAsync(authority, password));

    private static async Task<PostgreSqlServer> StartAsync(Func<PostgreSqlServer, Task> initialize)
    {
        Assert.SkipWhen(Programs is null, "PostgreSQL is missing: apt-get install postgresql");
        var server = new PostgreSqlServer();
        try
        {
            await OwnAsync(server.folder);
            await initialize(server);
            await server.RestartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    internal async Task RestartAsync()
    {
        var (program, arguments) = AsOwner(
            "postgres", ["-D", Data, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c",
            "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB",
            .. flags]);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardError = true,
        };
        process = Process.Start(start) ?? throw new InvalidOperationException("postgres did not start.");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        Running[process.Id] = process;
        var began = Stopwatch.GetTimestamp();
        while (!await AnswersAsync())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < StartTimeout, "PostgreSQL does not serve.");
            await Task.Delay(50);
        }
    }

    /// <summary>Ends it as a crash would.</summary>
    internal async Task KillAsync()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        Running.TryRemove(process.Id, out _);
        process.Dispose();
        process = null;
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>How to reach a new database of it, over another port where one is given.</summary>
    internal string ConnectionString(int? port = null) =>
        $"Host=127.0.0.1;Port={port ?? Port};Username={User};Database=postgres";

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string Data => Path.Combine(folder, "data");

    private async Task SecureAsync(TestAuthority authority, string password)
    {
        string[] names = ["authority.pem", "server.pem", "server-key.pem", "password"];
        var files = names.Select(name => Path.Combine(folder, name)).ToList();
        File.Copy(authority.AuthorityFile, files[0]);
        File.Copy(authority.CertificateOf("server"), files[1]);
        File.Copy(authority.KeyOf("server"), files[2]);
        File.WriteAllText(files[3], password);
        foreach (var file in files)
        {
            await RunAsync("chmod", "600", file); // or it refuses its key
            await OwnAsync(file);
        }

        await InitializeAsync("scram-sha-256", "--pwfile", files[3]);
        await File.WriteAllTextAsync(
            Path.Combine(Data, "pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\n");
        flags =
        [
            "-c", "ssl=on", "-c", $"ssl_ca_file={files[0]}", "-c", $"ssl_cert_file={files[1]}", "-c",
            $"ssl_key_file={files[2]}",
        ];
    }

    private Task InitializeAsync(string method, params string[] more) => RunAsOwnerAsync(
        "initdb", ["-D", Data, "-U", User, "-A", method, "-E", "UTF8", "--locale=C", "-N", .. more]);

    private static Task OwnAsync(string path) =>
        Environment.IsPrivilegedProcess ? RunAsync("chown", "postgres", path) : Task.CompletedTask;

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false;Timeout=2");
            await connection.OpenAsync();
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            return true; // it wants more than this, and serves
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return false;
        }
    }

    private static (string Program, string[] Arguments) AsOwner(string program, params string[] arguments)
    {
        var path = $"{Programs}/{program}";
        return Environment.IsPrivilegedProcess
            ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments])
            : (path, arguments);
    }

    private static Task RunAsOwnerAsync(string program, params string[] arguments)
    {
        var (path, all) = AsOwner(program, arguments);
        return RunAsync(path, all);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        using var run = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var error = run.StandardError.ReadToEndAsync();
        await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        Assert.True(run.ExitCode == 0, $"{program}: {await error}");
    }
}
