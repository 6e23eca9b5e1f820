using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Executor.Protocol;

namespace Chronos.Engines.Local;

/// <summary>The command line of an attempt, and the file it may be.</summary>
/// <param name="Arguments">Program and arguments.</param>
/// <param name="Program">The command as a file to fetch; null: it is none.</param>
internal sealed record CommandLine(IReadOnlyList<string> Arguments, FetchOrder? Program)
{
    /// <summary>Builds it as Mesos Chronos meant it: arguments follow the command once, in a shell line as text, else
    /// as they are; a command that is an address is fetched and run.</summary>
    internal static CommandLine Build(LaunchRequest request, string path)
    {
        var job = request.Job;
        if (TryReadAddress(job.Command, out var address))
        {
            var name = ProgramName(address);
            return new(["./" + name, .. Words(request)], new(job.Command, name, Executable: true, false, false));
        }

        if (!job.Task.Shell) return new([.. Resolve(job.Command, path), .. Words(request)], null);
        var text = ShellArguments(request);
        return new(["/bin/sh", "-c", text.Length == 0 ? job.Command : $"{job.Command} {text}"], null);
    }

    /// <summary>The arguments in a shell line. Those of the definition are part of the line, as in Mesos Chronos; those
    /// that came with a run are words and nothing else, because who may start a job may not write its
    /// command.</summary>
    private static string ShellArguments(LaunchRequest request) => request.ArgumentsOverridden
        ? string.Join(' ', ShellWords.Split(request.Arguments).Select(ShellText.Quote))
        : request.Arguments;

    /// <summary>Whether a command is the address of a program.</summary>
    internal static bool TryReadAddress(string command, out Uri address) =>
        Uri.TryCreate(command, UriKind.Absolute, out address!)
        && address.Scheme is "http" or "https" or "ftp"
        && address.Host.Length > 0
        && !command.Any(char.IsWhiteSpace);

    /// <summary>The name under which a program is fetched; empty: its address has none.</summary>
    internal static string ProgramName(Uri address) => FileName(address.AbsolutePath);

    /// <summary>The last segment of an address.</summary>
    internal static string FileName(string address)
    {
        var end = address.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? address : address[..end];
        var name = Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
        return name is "." or ".." || name.Contains('/', StringComparison.Ordinal) ? "" : name;
    }

    private static IEnumerable<string> Words(LaunchRequest request) =>
        request.ArgumentsOverridden ? ShellWords.Split(request.Arguments) : request.Job.Task.Arguments;

    // The search path is that of the task. Where nothing is found, env says so in the task's own stderr.
    private static IEnumerable<string> Resolve(string program, string path)
    {
        if (program.Contains('/', StringComparison.Ordinal)) return [program];
        foreach (var folder in path.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var candidate = Path.Join(folder, program);
            if (Path.IsPathRooted(folder) && File.Exists(candidate) && IsExecutable(candidate)) return [candidate];
        }

        return ["/usr/bin/env", program];
    }

    private static bool IsExecutable(string path)
    {
        const int Execute = 1;
        return Executor.Native.Libc.Access(path, Execute) == 0;
    }
}
