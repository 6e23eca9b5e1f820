using System.Diagnostics;
using System.Globalization;

namespace Chronos.Bench.Peers;

/// <summary>The loop in <c>spawn_loop.c</c>, compiled when it is first wanted.</summary>
internal sealed class SpawnLoop : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-spawn-").FullName;
    private readonly string program;
    private int slots;

    private SpawnLoop() => program = Path.Join(folder, "spawn_loop");

    /// <summary>Compiles it; null: there is no compiler.</summary>
    public static async Task<SpawnLoop?> CompileAsync()
    {
        if (!File.Exists("/usr/bin/gcc") && !await InstallCompilerAsync()) return null;
        var loop = new SpawnLoop();
        var source = Path.Join(AppContext.BaseDirectory, "spawn_loop.c");
        await RunAsync("/usr/bin/gcc", ["-O2", "-pthread", "-o", loop.program, source]);
        return loop;
    }

    /// <summary>Processes per second. Its files stay until the end, as ours do: where files were deleted a moment ago,
    /// new ones can take a file system several times as long.</summary>
    /// <param name="mode"><c>bare</c>, <c>durable</c> or <c>folders</c>.</param>
    /// <param name="duration">How long to start more.</param>
    /// <param name="atOnce">How many beside each other.</param>
    /// <param name="command">What to start.</param>
    public async Task<double> MeasureAsync(string mode, TimeSpan duration, int atOnce, IReadOnlyList<string> command)
    {
        var outputs = Directory.CreateDirectory(Path.Join(folder, $"{++slots}")).FullName;
        var seconds = duration.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var result = await RunAsync(program, [mode, seconds, $"{atOnce}", outputs, .. command]);
        return double.Parse(result, CultureInfo.InvariantCulture);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<bool> InstallCompilerAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get")) return false;
        await RunAsync("/usr/bin/apt-get", ["install", "-y", "-qq", "gcc", "libc6-dev"]);
        return true;
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} ended with status {process.ExitCode}.");
    }
}
