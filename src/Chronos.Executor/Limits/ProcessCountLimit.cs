using Chronos.Executor.Native;
using Chronos.Executor.Protocol;

namespace Chronos.Executor.Limits;

/// <summary>A limit on processes without cgroups: RLIMIT_NPROC, which counts all processes and threads of a user, does
/// not bind root, and so only stops a fork bomb from taking everything.</summary>
internal static class ProcessCountLimit
{
    private const string Tool = "/usr/bin/prlimit";

    internal static string Describe(TaskSettings settings, string reason) =>
        !settings.UseLimits || !File.Exists(Tool)
            ? $"processes: not limited ({reason})"
            : $"processes: RLIMIT_NPROC lets a task's user have {settings.ProcessesMax} more than at its start, all "
                + $"its tasks together; root is not limited ({reason})";

    internal static IReadOnlyList<string> Prelude(LaunchOrder order, TaskSettings settings)
    {
        var user = order.User?.UserId ?? Libc.EffectiveUser();
        if (user == 0 || !File.Exists(Tool)) return [];
        var limit = CountThreads(user) + settings.ProcessesMax;
        return [Tool, $"--nproc={limit}:{limit}", "--"];
    }

    private static int CountThreads(uint user)
    {
        var count = 0;
        foreach (var row in ProcessTable.ReadAll())
            if (ProcessTable.ReadOwner(row.Pid) == user) count += ProcessTable.CountThreads(row.Pid);
        return count;
    }
}
