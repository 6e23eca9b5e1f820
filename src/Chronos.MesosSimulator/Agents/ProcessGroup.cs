using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Chronos.MesosSimulator.Agents;

/// <summary>Real processes, each the leader of a session of its own so that it can be ended with all it started.
/// </summary>
internal static class ProcessGroup
{
    private const int Term = 15;
    private const int Force = 9;
    private const string Redirect = "exec >>\"$1/stdout\" 2>>\"$1/stderr\"; shift; exec \"$@\"";

    /// <summary>Starts a command with its output in files of its directory.</summary>
    internal static Process Start(
        IReadOnlyList<string> command, string directory, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("/usr/bin/setsid") { WorkingDirectory = directory };
        foreach (var word in (string[])["/bin/sh", "-c", Redirect, "sh", directory, .. command])
            start.ArgumentList.Add(word);
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("The command could not be started.");
    }

    /// <summary>Asks all of a group to end; 0: nobody.</summary>
    internal static void Terminate(int leader) => Signal(leader, Term);

    /// <summary>Ends all of a group; 0: nobody.</summary>
    internal static void Kill(int leader) => Signal(leader, Force);

    private static void Signal(int leader, int signal)
    {
        // There is no group yet while the process starts, and none when all have ended meanwhile, which is no error.
        if (leader > 0 && SendSignal(-leader, signal) < 0) _ = SendSignal(leader, signal);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int pid, int signal);
}
