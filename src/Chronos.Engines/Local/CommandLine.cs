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
        if (CommandAddress.TryRead(job.Command, out var address))
        {
            var name = CommandAddress.ProgramName(address);
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
