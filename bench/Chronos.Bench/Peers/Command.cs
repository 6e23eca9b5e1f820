using System.Diagnostics;

namespace Chronos.Bench.Peers;

/// <summary>Programs that are run to their end.</summary>
internal static class Command
{
    private const string Compiler = "/usr/bin/gcc";

    /// <summary>Runs one.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It ended badly.</exception>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} ended with status {process.ExitCode}.");
    }

    /// <summary>Compiles a program in C; false: there is no compiler, and none can be installed.</summary>
    public static async Task<bool> CompileAsync(string source, string program, params string[] options)
    {
        if (!File.Exists(Compiler) && !await InstallCompilerAsync()) return false;
        await RunAsync(Compiler, ["-O2", .. options, "-o", program, source]);
        return true;
    }

    private static async Task<bool> InstallCompilerAsync()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get")) return false;
        await RunAsync("/usr/bin/apt-get", "install", "-y", "-qq", "gcc", "libc6-dev");
        return true;
    }
}
