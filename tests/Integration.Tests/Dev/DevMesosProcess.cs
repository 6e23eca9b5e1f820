using System.Diagnostics;
using System.Text;

namespace Chronos.Integration.Tests.Dev;

/// <summary>A running <c>chronos dev mesos</c>.</summary>
internal sealed class DevMesosProcess : IAsyncDisposable
{
    private const string Next = "chronos serve --master ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly TaskCompletionSource<string> master = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DevMesosProcess(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "chronos"), ["dev", "mesos", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.Exited += (_, _) => master.TrySetException(new InvalidOperationException($"It has ended:\n{Output}"));
    }

    public string Output
    {
        get { lock (output) return output.ToString(); }
    }

    public int ExitCode => process.ExitCode;

    /// <summary>What it says to give to <c>chronos serve --master</c>.</summary>
    public string Master => master.Task.Result;

    /// <summary>Starts a cluster and waits until it says what to do next.</summary>
    public static async Task<DevMesosProcess> StartAsync(params string[] arguments)
    {
        var cluster = Launch(arguments);
        await cluster.master.Task.WaitAsync(Patience);
        return cluster;
    }

    /// <summary>Starts one that is expected to end by itself, and waits for its end.</summary>
    public static async Task<DevMesosProcess> RunToEndAsync(params string[] arguments)
    {
        var cluster = Launch(arguments);
        _ = cluster.master.Task.Exception; // an end without a master is what is expected
        await cluster.process.WaitForExitAsync().WaitAsync(Patience);
        return cluster;
    }

    /// <summary>Asks it to end, as Ctrl-C would.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        await process.WaitForExitAsync().WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static DevMesosProcess Launch(string[] arguments)
    {
        var cluster = new DevMesosProcess(arguments);
        cluster.process.Start();
        cluster.process.BeginOutputReadLine();
        cluster.process.BeginErrorReadLine();
        return cluster;
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (output) output.AppendLine(line);
        var at = line.IndexOf(Next, StringComparison.Ordinal);
        if (at >= 0 && line.StartsWith("  ", StringComparison.Ordinal)) master.TrySetResult(line[(at + Next.Length)..]);
    }
}
