using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Chronos.Mesos.Detection;
using Chronos.ZooKeeper;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Mesos.Tests.Detection;

/// <summary>Against a real ZooKeeper; skipped where Debian's package zookeeper is not installed.</summary>
public sealed class ZooKeeperDetectorTests : IAsyncLifetime
{
    private const string Jars = "/usr/share/java";
    private static readonly MasterAddress First = new("10.0.0.1", 5050, UsesTls: false);
    private static readonly MasterAddress Second = new("10.0.0.2", 5050, UsesTls: false);

    private readonly string folder = Directory.CreateTempSubdirectory("chronos-zk-").FullName;
    private readonly int port = FreePort();
    private Process? server;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists($"{Jars}/zookeeper.jar") || !File.Exists("/usr/bin/java")) return;
        StartServer();
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await IsListeningAsync()) await Task.Delay(50, late.Token);
    }

    [Fact]
    public async Task Leader_ComesChangesAndGoes_IsFollowed()
    {
        Assert.SkipWhen(server is null, "The package zookeeper or a Java runtime is not installed.");
        await using var detector = NewDetector();
        var detecting = detector.DetectAsync(CancellationToken.None);
        await using var one = await RegisterAsync(First);
        await using var two = await RegisterAsync(Second);
        Assert.Equal(First, await detecting);

        var change = detector.WaitForChangeAsync(First, CancellationToken.None);
        await one.CloseAsync(CancellationToken.None);

        await change.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(Second, await detector.DetectAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Leader_ZooKeeperIsAway_CountsOn()
    {
        Assert.SkipWhen(server is null, "The package zookeeper or a Java runtime is not installed.");
        await using var detector = NewDetector();
        await using var one = await RegisterAsync(First);
        Assert.Equal(First, await detector.DetectAsync(CancellationToken.None));

        await StopServerAsync();

        Assert.Equal(First, await detector.DetectAsync(CancellationToken.None));
        StartServer();
        await using var two = await RegisterAsync(Second);
        await one.CloseAsync(CancellationToken.None);
        await detector.WaitForChangeAsync(First, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(Second, await detector.DetectAsync(CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        await StopServerAsync();
        Directory.Delete(folder, recursive: true);
    }

    private ZooKeeperDetector NewDetector() =>
        new(ZooKeeperAddress.Parse($"zk://127.0.0.1:{port}/mesos"), false, TimeProvider.System,
            NullLoggerFactory.Instance);

    private async Task<ZooKeeperClient> RegisterAsync(MasterAddress master)
    {
        var client = ZooKeeperClient.Start(
            new() { Address = ZooKeeperAddress.Parse($"zk://127.0.0.1:{port}") }, TimeProvider.System,
            NullLogger<ZooKeeperClient>.Instance);
        await client.EnsureAsync("/mesos/log_replicas", Acl.Open, CancellationToken.None);
        var json = $$$"""{"id":"m","ip":0,"port":1,"address":{"ip":"{{{master.Host}}}","port":{{{master.Port}}}}}""";
        await client.CreateAsync(
            "/mesos/json.info_", System.Text.Encoding.UTF8.GetBytes(json), CreateMode.EphemeralSequential, Acl.Open,
            CancellationToken.None);
        return client;
    }

    private void StartServer()
    {
        server = Process.Start(new ProcessStartInfo("/usr/bin/java")
        {
            ArgumentList =
            {
                "-Xmx64m", "-cp", $"/etc/zookeeper/conf:{Jars}/zookeeper.jar", "-Dzookeeper.admin.enableServer=false",
                "org.apache.zookeeper.server.ZooKeeperServerMain", $"{port}", folder,
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("ZooKeeper did not start.");
        server.BeginOutputReadLine(); // a full pipe would stop it
        server.BeginErrorReadLine();
    }

    private async Task StopServerAsync()
    {
        if (server is null) return;
        server.Kill();
        await server.WaitForExitAsync();
        server.Dispose();
        server = null;
    }

    private async Task<bool> IsListeningAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
