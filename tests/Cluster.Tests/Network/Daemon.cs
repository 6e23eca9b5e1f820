using System.Diagnostics;
using Chronos.Testing;

namespace Chronos.Cluster.Tests.Network;

/// <summary>A program that runs on a machine until it is ended, and can be started again.</summary>
/// <param name="machine">Where.</param>
/// <param name="folder">Where it works, and writes its output to <c>output.log</c>.</param>
/// <param name="program">The program.</param>
/// <param name="arguments">Its arguments.</param>
internal sealed class Daemon(Machine machine, string folder, string program, params string[] arguments)
    : IAsyncDisposable
{
    private const int LinesShown = 40;
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(30);
    private Process? process;

    public Machine Machine { get; } = machine;

    /// <summary>Variables that it gets besides those of the tests.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Whether the processes that it started are killed with it.</summary>
    public bool IsTree { get; init; }

    public bool IsRunning => process is { HasExited: false };

    private string Log => Path.Combine(folder, "output.log");

    public void Start()
    {
        // The shell is replaced by the program, so that its process is the one that is killed and paused.
        var start = new ProcessStartInfo(
            "sh", ["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1", "sh", Log,
                .. Machine.CommandLine(program, arguments)])
        {
            WorkingDirectory = folder,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("CHRONOS_", StringComparison.Ordinal))
            .ToList())
            start.Environment.Remove(name); // settings of whoever runs the tests
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>Waits until it serves, while it runs.</summary>
    public Task WaitAsync(Func<Task<bool>> serves) => Wait.UntilAsync(
        () => IsRunning ? serves() : throw new InvalidOperationException(Describe("has ended")),
        () => Describe("does not serve"));

    /// <summary>Ends it as a crash would.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill(IsTree);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Asks it to end, and waits until it has.</summary>
    public async Task TerminateAsync()
    {
        if (process is null) return;
        if (!process.HasExited) await SignalAsync("TERM");
        await process.WaitForExitAsync().WaitAsync(EndPatience);
        process.Dispose();
        process = null;
    }

    public Task PauseAsync() => SignalAsync("STOP");

    public Task ResumeAsync() => SignalAsync("CONT");

    /// <summary>Whether it has written this.</summary>
    public bool HasWritten(string text) =>
        File.Exists(Log) && File.ReadLines(Log).Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>What it wrote last.</summary>
    public string Tail() => File.Exists(Log)
        ? string.Join('\n', File.ReadLines(Log).TakeLast(LinesShown)) : "It wrote nothing.";

    public async ValueTask DisposeAsync() => await KillAsync();

    private string Describe(string problem) => $"{program} on {Machine.Name} {problem}:\n{Tail()}";

    private async Task SignalAsync(string signal)
    {
        var id = process?.Id ?? throw new InvalidOperationException($"{program} on {Machine.Name} does not run.");
        await Command.RunAsync("kill", "-" + signal, id.ToString());
    }
}
