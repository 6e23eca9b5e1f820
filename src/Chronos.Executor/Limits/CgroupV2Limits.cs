using Chronos.Executor.Protocol;

namespace Chronos.Executor.Limits;

/// <summary>Control groups of version 2. Processes may stand only in leaves of the tree, so that the executor (and the
/// server, where both have a group for themselves as under systemd with <c>Delegate=yes</c>) moves into a leaf first.
/// A task joins its group through a shell that then becomes the task.</summary>
internal sealed class CgroupV2Limits : ITaskLimits
{
    private const long Mebibyte = 1024 * 1024;
    private const double LeastMebibytes = 8; // less does not even start a shell
    private const int Busy = 16;
    private const string Join = "echo 0 > \"$0/cgroup.procs\" && exec \"$@\"";
    private static readonly string[] Wanted = ["cpu", "memory", "pids"];

    private readonly string root;
    private readonly HashSet<string> controllers;

    private CgroupV2Limits(string root, HashSet<string> controllers)
    {
        this.root = root;
        this.controllers = controllers;
    }

    /// <summary>The limits, as far as permitted; null: nothing is.</summary>
    /// <param name="directory">The executor's folder.</param>
    /// <param name="serverPid">The server, which may stand in the same group.</param>
    internal static CgroupV2Limits? TryCreate(string directory, int serverPid)
    {
        if (CgroupMounts.FindV2() is not { } own) return null;
        if (Path.GetFileName(own) == "chronos-server") own = Path.GetDirectoryName(own) ?? own;
        return TryCreateIn(own, CgroupMounts.GroupName(directory), serverPid);
    }

    /// <inheritdoc cref="TryCreate"/>
    internal static CgroupV2Limits? TryCreateIn(string own, string name, int serverPid)
    {
        var available = ReadControllers(own);
        available.IntersectWith(Wanted);
        ControlFile.RemoveStale(own, name);
        var root = Path.Join(own, name);
        if (available.Count == 0 || !ControlFile.TryMakeFolder(root)) return null;
        var enable = string.Join(' ', available.Select(controller => "+" + controller));
        var error = ControlFile.TryWrite(Path.Join(own, "cgroup.subtree_control"), enable);
        if (error == Busy && MoveToLeaf(own, serverPid))
            error = ControlFile.TryWrite(Path.Join(own, "cgroup.subtree_control"), enable);
        if (error != 0 || ControlFile.TryWrite(Path.Join(root, "cgroup.subtree_control"), enable) != 0) return null;
        return new(root, available);
    }

    public IReadOnlyList<string> Describe(TaskSettings settings) =>
    [
        !controllers.Contains("cpu")
            ? "cpu: reserved but not limited (its controller is not delegated)"
            : settings.CapCpu
                ? "cpu: cgroup v2, hard cap at the reserved processors"
                : "cpu: cgroup v2, weight in proportion to the reserved processors; idle time may be used",
        !controllers.Contains("memory")
            ? "memory: reserved but not limited (its controller is not delegated)"
            : "memory: cgroup v2, a task that needs more than it reserved is killed (at least 8 MiB)",
        !controllers.Contains("pids")
            ? ProcessCountLimit.Describe(settings, "its controller is not delegated")
            : $"processes: cgroup v2, at most {settings.ProcessesMax} processes and threads in a task",
    ];

    public string Choose(LaunchOrder order, TaskSettings settings) => order.Id;

    public IReadOnlyList<string> Enter(LaunchOrder order, string? group, TaskSettings settings)
    {
        var folder = Path.Join(root, order.Id);
        if (!ControlFile.TryMakeFolder(folder)) MakeAgain(folder);
        if (controllers.Contains("cpu")) LimitCpu(folder, order, settings);
        if (controllers.Contains("memory")) LimitMemory(folder, order);
        if (controllers.Contains("pids"))
            ControlFile.Write(Path.Join(folder, "pids.max"), settings.ProcessesMax.ToString());
        string[] join = ["/bin/sh", "-c", Join, folder];
        return controllers.Contains("pids") ? join : [.. join, .. ProcessCountLimit.Prelude(order, settings)];
    }

    // Another executor may have cleaned up groups that were empty, ours among them.
    private void MakeAgain(string folder)
    {
        ControlFile.MakeFolder(root);
        var enable = string.Join(' ', controllers.Select(controller => "+" + controller));
        ControlFile.Write(Path.Join(root, "cgroup.subtree_control"), enable);
        ControlFile.MakeFolder(folder);
    }

    public void Leave()
    {
        // The task joins its group itself; the spawning thread never does.
    }

    public IReadOnlyList<int> Processes(string group) =>
        ControlFile.ReadProcesses(Path.Join(root, group, "cgroup.procs"));

    public bool WasOutOfMemory(string group) =>
        ControlFile.ReadKey(Path.Join(root, group, "memory.events"), "oom_kill") > 0;

    public bool TryRelease(string group) => ControlFile.TryRemoveFolder(Path.Join(root, group));

    public IReadOnlyList<string> Groups() => ControlFile.ReadFolders(root);

    public void Close() => _ = ControlFile.TryRemoveFolder(root); // stays where tasks go on without us

    private static HashSet<string> ReadControllers(string folder)
    {
        var path = Path.Join(folder, "cgroup.controllers");
        return File.Exists(path)
            ? [.. File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)]
            : [];
    }

    // Only where nobody else stands in the group: it is ours then, and what stands in it may be moved.
    private static bool MoveToLeaf(string own, int serverPid)
    {
        var processes = ControlFile.ReadProcesses(Path.Join(own, "cgroup.procs"));
        if (processes.Exists(pid => pid != serverPid && pid != Environment.ProcessId)) return false;
        var leaf = Path.Join(own, "chronos-server");
        return ControlFile.TryMakeFolder(leaf)
            && processes.TrueForAll(pid => ControlFile.TryWrite(Path.Join(leaf, "cgroup.procs"), pid.ToString()) == 0);
    }

    private static void LimitCpu(string folder, LaunchOrder order, TaskSettings settings)
    {
        var weight = Math.Clamp((long)(order.Cpus * 100), 1, 10_000);
        ControlFile.Write(Path.Join(folder, "cpu.weight"), weight.ToString());
        if (!settings.CapCpu) return;
        ControlFile.Write(Path.Join(folder, "cpu.max"), $"{Math.Max(1000, (long)(order.Cpus * 100_000))} 100000");
    }

    private static void LimitMemory(string folder, LaunchOrder order)
    {
        var bytes = (long)(Math.Max(order.MemMebibytes, LeastMebibytes) * Mebibyte);
        ControlFile.Write(Path.Join(folder, "memory.max"), bytes.ToString());

        // Where swap is accounted, it must not widen the limit; where it is not, the file is missing.
        _ = ControlFile.TryWrite(Path.Join(folder, "memory.swap.max"), "0");
    }
}
