using System.Runtime.InteropServices;
using Chronos.Executor.Native;

namespace Chronos.Engines.Local;

/// <summary>Starts an executor that outlives this process: in a session of its own and, because the shell between ends
/// at once, as a child of init.</summary>
internal sealed class ExecutorLauncher(LocalEngineOptions options)
{
    private const string Name = "chronos-executor";

    /// <summary>Starts it; whether it lives is seen by connecting.</summary>
    /// <exception cref="IOException">It cannot be started.</exception>
    internal void Start()
    {
        PrivateFolder.Make(options.ExecutorDirectory);
        List<string> arguments =
        [
            "/bin/sh", "-c", "\"$@\" &", "sh", .. FindCommand(), "--dir", options.ExecutorDirectory,
            "--idle-exit", options.ExecutorIdleExit.TotalSeconds.ToString(),
        ];
        var output = Path.Join(options.ExecutorDirectory, "output");
        using var spawner = new Spawner();
        var error = spawner.Spawn(new(arguments, OwnEnvironment(), "/", output, output), out var pid);
        if (error != 0) throw new IOException($"The executor cannot be started: {Libc.Describe(error)}.");
        Reap(pid);
    }

    private IReadOnlyList<string> FindCommand()
    {
        if (options.ExecutorCommand.Count > 0) return options.ExecutorCommand;
        var program = Path.Join(AppContext.BaseDirectory, Name);
        if (File.Exists(program)) return [program];
        var assembly = program + ".dll";
        if (!File.Exists(assembly)) throw new FileNotFoundException($"There is no '{program}' to run tasks.", program);
        var host = Environment.ProcessPath is { } own && Path.GetFileName(own) == "dotnet" ? own : "dotnet";
        return ["/usr/bin/env", host, "exec", assembly];
    }

    // The runtime has to find itself; tasks get none of this, their environment is built for each.
    private static List<string> OwnEnvironment()
    {
        string[] passed = ["PATH", "HOME", "LANG", "TZ", "DOTNET_ROOT", "DOTNET_ROOT_X64", "TMPDIR", "HTTP_PROXY",
            "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"];
        var environment = new List<string> { "DOTNET_gcServer=0", "DOTNET_TieredPGO=0" };
        foreach (var name in passed)
            if (Environment.GetEnvironmentVariable(name) is { } value) environment.Add($"{name}={value}");
        if (!environment.Exists(variable => variable.StartsWith("DOTNET_ROOT=", StringComparison.Ordinal)))
            environment.Add($"DOTNET_ROOT={FindRuntimeRoot()}");
        return environment;
    }

    // …/shared/Microsoft.NETCore.App/10.0.0/ lies three folders below the root.
    private static string FindRuntimeRoot() =>
        Path.GetFullPath(Path.Join(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private static unsafe void Reap(int pid)
    {
        int status;
        _ = Libc.WaitForPid(pid, &status, 0); // the runtime may have reaped it already, which is as good
    }
}
