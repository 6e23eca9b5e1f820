using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Chronos.Integration.Tests.Stores;
using Chronos.Integration.Tests.ZooKeeper;
using Chronos.Testing;
using Xunit;

namespace Chronos.Integration.Tests.Etcd;

/// <summary>A real etcd member, from Debian's package, over a temporary folder. A test may kill, pause and start it
/// again; it keeps its ports and its content.</summary>
internal sealed class EtcdServer : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, Process> Running = new();
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-etcd-").FullName;
    private readonly string name;
    private readonly IReadOnlyList<string> flags;
    private readonly TestAuthority? authority;
    private Process? process;

    static EtcdServer() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // Of tests that were stopped, or never ended.
        foreach (var left in Running.Values) left.Kill();
    };

    private EtcdServer(string name, TestAuthority? authority = null)
    {
        this.name = name;
        this.authority = authority;
        flags = authority is null
            ? []
            :
            [
                "--cert-file", authority.CertificateOf("server"), "--key-file", authority.KeyOf("server"),
                "--client-cert-auth", "--trusted-ca-file", authority.AuthorityFile,
            ];
        Endpoint = new($"{(authority is null ? "http" : "https")}://127.0.0.1:{Port}");
    }

    internal int Port { get; } = FreePort.Next();

    internal Uri Endpoint { get; }

    private Uri Peer { get; } = new($"http://127.0.0.1:{FreePort.Next()}");

    /// <summary>Starts members that form one cluster and waits until all serve.</summary>
    internal static async Task<IReadOnlyList<EtcdServer>> StartAsync(int count)
    {
        var servers = Enumerable.Range(1, count).Select(i => new EtcdServer($"e{i}")).ToList();
        var cluster = string.Join(',', servers.Select(s => $"{s.name}={Authority(s.Peer)}"));
        foreach (var server in servers) server.Launch(cluster);
        foreach (var server in servers) await server.WaitServingAsync();
        return servers;
    }

    /// <summary>Starts a member that speaks TLS only, and only to clients with a certificate.</summary>
    internal static async Task<EtcdServer> StartSecureAsync(TestAuthority authority)
    {
        var server = new EtcdServer("e1", authority);
        server.Launch($"e1={Authority(server.Peer)}");
        await server.WaitServingAsync();
        return server;
    }

    private string cluster = "";

    private static string Authority(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    private void Launch(string members)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/etcd"), "etcd is missing: apt-get install etcd-server");
        cluster = members;
        var start = new ProcessStartInfo("/usr/bin/etcd",
        [
            "--name", name, "--data-dir", Path.Combine(folder, "data"), "--log-outputs",
            Path.Combine(folder, "server.log"), "--logger", "zap",
            "--listen-client-urls", Authority(Endpoint), "--advertise-client-urls", Authority(Endpoint),
            "--listen-peer-urls", Authority(Peer), "--initial-advertise-peer-urls", Authority(Peer),
            "--initial-cluster", members, .. flags,
        ])
        {
            WorkingDirectory = folder,
        };
        process = Process.Start(start) ?? throw new InvalidOperationException("etcd did not start.");
        Running[process.Id] = process;
    }

    internal async Task WaitServingAsync()
    {
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        if (authority is not null)
            handler.ClientCertificates.Add(X509Certificate2.CreateFromPemFile(
                authority.CertificateOf("client"), authority.KeyOf("client")));
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(2) };
        await Wait.UntilAsync(async () =>
        {
            if (process is null or { HasExited: true }) throw new InvalidOperationException($"etcd ended:\n{Log()}");
            try
            {
                return (await http.GetStringAsync(new Uri(Endpoint, "/health")))
                    .Contains("true", StringComparison.Ordinal);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                return false;
            }
        });
    }

    /// <summary>From now on only the user <c>chronos</c> may do anything, and only below <c>/chronos</c>.</summary>
    internal async Task WantUserAsync(string password)
    {
        await ControlAsync("user", "add", "root:secret");
        await ControlAsync("user", "grant-role", "root", "root");
        await ControlAsync("user", "add", $"chronos:{password}");
        await ControlAsync("role", "add", "chronos");
        await ControlAsync("role", "grant-permission", "chronos", "readwrite", "/chronos", "/chronos0");
        await ControlAsync("user", "grant-role", "chronos", "chronos");
        await ControlAsync("auth", "enable");
    }

    internal async Task KillAsync()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        Running.TryRemove(process.Id, out _);
        process.Dispose();
        process = null;
    }

    internal async Task RestartAsync()
    {
        Launch(cluster);
        await WaitServingAsync();
    }

    /// <summary>Runs etcd's own client.</summary>
    internal async Task<string> ControlAsync(params string[] arguments)
    {
        string[] proof = authority is null
            ? []
            :
            [
                "--cacert", authority.AuthorityFile, "--cert", authority.CertificateOf("client"), "--key",
                authority.KeyOf("client"),
            ];
        var start = new ProcessStartInfo(
            "/usr/bin/etcdctl", ["--endpoints", Authority(Endpoint), .. proof, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["ETCDCTL_API"] = "3";
        using var control = Process.Start(start) ?? throw new InvalidOperationException("etcdctl did not start.");
        var output = await control.StandardOutput.ReadToEndAsync() + await control.StandardError.ReadToEndAsync();
        await control.WaitForExitAsync();
        Assert.True(control.ExitCode == 0, output);
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string Log()
    {
        var file = Path.Combine(folder, "server.log");
        return File.Exists(file) ? string.Join('\n', File.ReadLines(file).TakeLast(30)) : "It wrote no log.";
    }
}
