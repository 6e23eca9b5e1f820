using System.Diagnostics;

namespace Chronos.Bench.Peers;

/// <summary>A private Docker daemon in a temporary folder, with one image: a program that ends at once. Its containers
/// have no network, which is the quickest kind.</summary>
internal sealed class DockerServer : IAsyncDisposable
{
    private const string Image = "chronos-bench";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string folder = Directory.CreateTempSubdirectory("chronos-docker-").FullName;
    private Process? daemon;

    private DockerServer() => Program = Path.Join(folder, "nothing");

    /// <summary>The program of the image, outside of it.</summary>
    public string Program { get; }

    private string Address => $"unix://{folder}/docker.sock";

    /// <summary>Starts one; null: Docker or a compiler is not installed, or we are not root.</summary>
    public static async Task<DockerServer?> StartAsync()
    {
        if (!Environment.IsPrivilegedProcess || Find("docker") is null) return null;
        if (Find("dockerd") is not { } daemon) return null;
        var server = new DockerServer();
        try
        {
            if (!await server.CompileAsync())
            {
                await server.DisposeAsync();
                return null;
            }

            await server.RunDaemonAsync(daemon);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Containers per second.</summary>
    /// <param name="count">How many in all.</param>
    /// <param name="atOnce">How many beside each other.</param>
    public async Task<double> MeasureAsync(int count, int atOnce)
    {
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce },
            async (_, _) => await DockerAsync("run", "--rm", "--network", "none", Image, "/nothing"));
        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        if (daemon is { HasExited: false }) await Command.RunAsync("kill", $"{daemon.Id}");
        if (daemon is not null) await daemon.WaitForExitAsync();
        daemon?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string? Find(string program) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin".Split(':')
        .Select(directory => Path.Join(directory, program))
        .FirstOrDefault(File.Exists);

    private Task<string> DockerAsync(params string[] arguments) =>
        Command.RunAsync("docker", ["--host", Address, .. arguments]);

    private async Task<bool> CompileAsync()
    {
        var source = Program + ".c";
        await File.WriteAllTextAsync(source, "int main(void) { return 0; }\n");
        return await Command.CompileAsync(source, Program, "-static");
    }

    private async Task RunDaemonAsync(string program)
    {
        string[] arguments =
        [
            "--data-root", Path.Join(folder, "data"), "--exec-root", Path.Join(folder, "run"), "--host", Address,
            "--pidfile", Path.Join(folder, "pid"), "--bridge", "none", "--iptables=false", "--ip6tables=false",
        ];
        var log = Path.Join(folder, "log");
        daemon = Process.Start("/bin/sh", ["-c", "exec \"$@\" >\"$0\" 2>&1", log, program, .. arguments]);
        await WaitUntilReadyAsync(log);
        var image = Path.Join(folder, "image.tar");
        await Command.RunAsync("tar", "--create", "--file", image, "--directory", folder, "nothing");
        await DockerAsync("import", image, Image);
    }

    private async Task WaitUntilReadyAsync(string log)
    {
        var began = Stopwatch.GetTimestamp();
        while (!File.Exists(Path.Join(folder, "docker.sock")))
        {
            if (daemon is { HasExited: true } || Stopwatch.GetElapsedTime(began) > Patience)
                throw new InvalidOperationException($"dockerd does not come up: {await File.ReadAllTextAsync(log)}");
            await Task.Delay(100);
        }

        await DockerAsync("info"); // waits until the daemon answers
    }
}
