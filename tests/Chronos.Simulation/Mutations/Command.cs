using System.Diagnostics;
using System.Text;

namespace Chronos.Simulation.Mutations;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <summary>Runs it, and kills it when it takes too long.</summary>
    public static CommandResult Run(string folder, TimeSpan patience, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(output, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var isOver = process.WaitForExit(patience);
        if (!isOver) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        lock (output) return new(isOver ? process.ExitCode : null, output.ToString());
    }

    private static void Append(StringBuilder output, string? line)
    {
        if (line is null) return; // the end of one of the two
        lock (output) output.AppendLine(line);
    }
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit code; null: it took too long.</param>
/// <param name="Output">What it wrote.</param>
internal sealed record CommandResult(int? ExitCode, string Output);
