using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Chronos.ZooKeeper;
using Xunit;

namespace Chronos.Integration.Tests.ZooKeeper;

/// <summary>A real ZooKeeper server, from Debian's package, over a temporary folder. A test may kill, pause and start
/// it again; it keeps its port and its content.</summary>
internal sealed class ZooKeeperServer : IAsyncDisposable
{
    internal const int TickMilliseconds = 200;
    private const string Jar = "/usr/share/java/zookeeper.jar";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly ConcurrentDictionary<int, Process> Running = new();
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-zookeeper-").FullName;
    private readonly string configuration;
    private readonly bool isMember;
    private readonly int heapMebibytes;
    private Process? process;

    static ZooKeeperServer() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // Of tests that were stopped, or never ended.
        foreach (var left in Running.Values) left.Kill();
    };

    /// <summary>Prepares a server.</summary>
    /// <param name="number">Its number in its ensemble; 0: it stands alone.</param>
    /// <param name="members">The lines of the configuration that name the members of its ensemble.</param>
    /// <param name="heapMebibytes">What it may keep in memory. Beside its nodes that is the last 500 requests, each of
    /// up to a mebibyte.</param>
    internal ZooKeeperServer(int number, IEnumerable<string> members, int heapMebibytes = 256)
    {
        isMember = number > 0;
        this.heapMebibytes = heapMebibytes;
        configuration = Path.Combine(folder, "zoo.cfg");
        File.WriteAllLines(configuration,
        [
            $"tickTime={TickMilliseconds}", "initLimit=50", "syncLimit=10", "maxSessionTimeout=60000",
            $"dataDir={folder}", $"clientPort={Port}", "clientPortAddress=127.0.0.1", "maxClientCnxns=0",
            "admin.enableServer=false", "4lw.commands.whitelist=srvr,cons", .. members,
        ]);
        if (isMember) File.WriteAllText(Path.Combine(folder, "myid"), number.ToString());
    }

    internal int Port { get; } = FreePort.Next();

    internal ServerAddress Address => new("127.0.0.1", Port);

    /// <summary>Starts a server that stands alone and waits until it serves.</summary>
    internal static async Task<ZooKeeperServer> StartAloneAsync(int heapMebibytes = 256)
    {
        var server = new ZooKeeperServer(number: 0, members: [], heapMebibytes);
        try
        {
            server.Launch();
            await server.WaitServingAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the process, without waiting for it to serve.</summary>
    internal void Launch()
    {
        Assert.SkipUnless(File.Exists(Jar), "ZooKeeper is missing: apt-get install libzookeeper-java");
        var start = new ProcessStartInfo("java",
        [
            $"-Xmx{heapMebibytes}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-Dzookeeper.jmx.log4j.disable=true", "-Dzookeeper.forceSync=no",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
            $"-Dorg.slf4j.simpleLogger.logFile={Path.Combine(folder, "server.log")}",
            "-cp", $"/usr/share/java/slf4j-simple.jar:{Jar}",
            "org.apache.zookeeper.server.quorum.QuorumPeerMain", configuration,
        ]);
        start.WorkingDirectory = folder;
        process = Process.Start(start) ?? throw new InvalidOperationException("java did not start.");
        Running[process.Id] = process;
    }

    internal async Task WaitServingAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (await ModeAsync() is null)
        {
            if (process is null or { HasExited: true } || Stopwatch.GetElapsedTime(started) > StartTimeout)
                throw new InvalidOperationException($"ZooKeeper does not serve:\n{Log()}");
            await Task.Delay(50);
        }
    }

    /// <summary>Such as <c>leader</c>; null: it does not serve.</summary>
    internal async Task<string?> ModeAsync()
    {
        var lines = (await AskAsync("srvr")).Split('\n');
        var mode = lines.FirstOrDefault(l => l.StartsWith("Mode: ", StringComparison.Ordinal));
        return mode?["Mode: ".Length..].Trim();
    }

    /// <summary>Whether a client of this session is connected here.</summary>
    internal async Task<bool> HasSessionAsync(long session) =>
        (await AskAsync("cons")).Contains($"sid=0x{session:x}", StringComparison.Ordinal);

    internal async Task KillAsync()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        Running.TryRemove(process.Id, out _);
        process.Dispose();
        process = null;
    }

    internal void Pause() => Signal("-STOP");

    internal void Resume() => Signal("-CONT");

    internal async Task RestartAsync()
    {
        Launch();
        await WaitServingAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private void Signal(string signal)
    {
        var id = process?.Id ?? throw new InvalidOperationException("The server does not run.");
        using var kill = Process.Start("kill", [signal, id.ToString()]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private string Log()
    {
        var file = Path.Combine(folder, "server.log");
        return File.Exists(file) ? string.Join('\n', File.ReadLines(file).TakeLast(30)) : "It wrote no log.";
    }

    // One of the commands of four letters; empty where nobody answers.
    private async Task<string> AskAsync(string command)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync("127.0.0.1", Port, patience.Token);
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(command), patience.Token);
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync(patience.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return "";
        }
    }
}
