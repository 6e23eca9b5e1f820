using Chronos.Executor.Protocol;

namespace Chronos.Executor.Limits;

/// <summary>Control groups of version 1. The spawning thread moves itself into the group, which the new process
/// inherits: no race, no extra process. Moving itself is also the one move for which the kernel takes no global lock,
/// which for another process costs it milliseconds.</summary>
internal sealed class CgroupV1Limits : ITaskLimits
{
    private const long Mebibyte = 1024 * 1024;
    private const double LeastMebibytes = 8; // less does not even start a shell
    private const long PeriodMicroseconds = 100_000;

    private readonly string? cpu;
    private readonly string? memory;
    private readonly string? pids;
    private readonly string[] roots;
    private bool isInside;

    private CgroupV1Limits(string? cpu, string? memory, string? pids)
    {
        (this.cpu, this.memory, this.pids) = (cpu, memory, pids);
        roots = [.. new[] { cpu, memory, pids }.OfType<string>()];
    }

    /// <summary>The limits, as far as permitted; null: nothing is.</summary>
    internal static CgroupV1Limits? TryCreate(string directory)
    {
        var name = CgroupMounts.GroupName(directory);
        var limits = new CgroupV1Limits(Prepare("cpu", name), Prepare("memory", name), Prepare("pids", name));
        return limits.roots.Length == 0 ? null : limits;
    }

    public IReadOnlyList<string> Describe(TaskSettings settings) =>
    [
        cpu is null
            ? "cpu: reserved but not limited (no permission for its control group)"
            : settings.CapCpu
                ? "cpu: cgroup v1, hard cap at the reserved processors"
                : "cpu: cgroup v1, shares in proportion to the reserved processors; idle time may be used",
        memory is null
            ? "memory: reserved but not limited (no permission for its control group)"
            : "memory: cgroup v1, a task that needs more than it reserved is killed (at least 8 MiB)",
        pids is null
            ? ProcessCountLimit.Describe(settings, "no permission for its control group")
            : $"processes: cgroup v1, at most {settings.ProcessesMax} processes and threads in a task",
    ];

    public IReadOnlyList<string> Enter(LaunchOrder order, TaskSettings settings)
    {
        foreach (var root in roots) MakeGroup(root, order.Id);
        if (cpu is not null) LimitCpu(Path.Join(cpu, order.Id), order, settings);
        if (memory is not null) LimitMemory(Path.Join(memory, order.Id), order);
        if (pids is not null)
            ControlFile.Write(Path.Join(pids, order.Id, "pids.max"), settings.ProcessesMax.ToString());
        isInside = true;
        foreach (var root in roots) ControlFile.Write(Path.Join(root, order.Id, "tasks"), "0");
        return pids is null ? ProcessCountLimit.Prelude(order, settings) : [];
    }

    public void Leave()
    {
        if (!isInside) return;
        foreach (var root in roots) ControlFile.Write(Path.Join(Path.GetDirectoryName(root), "tasks"), "0");
        isInside = false;
    }

    public IReadOnlyList<int> Processes(string attempt)
    {
        var found = new HashSet<int>();
        foreach (var root in roots)
            found.UnionWith(ControlFile.ReadProcesses(Path.Join(root, attempt, "cgroup.procs")));
        found.Remove(Environment.ProcessId);
        return [.. found];
    }

    public bool WasOutOfMemory(string attempt) =>
        memory is not null && ControlFile.ReadKey(Path.Join(memory, attempt, "memory.oom_control"), "oom_kill") > 0;

    public bool TryRemove(string attempt)
    {
        var removed = true;
        foreach (var root in roots) removed &= ControlFile.TryRemoveFolder(Path.Join(root, attempt));
        return removed;
    }

    public IReadOnlyList<string> Attempts() => [.. roots.SelectMany(ControlFile.ReadFolders).Distinct()];

    public void Close()
    {
        foreach (var root in roots) _ = ControlFile.TryRemoveFolder(root); // stays where tasks go on without us
    }

    private static string? Prepare(string controller, string name)
    {
        if (CgroupMounts.FindV1(controller) is not { } own) return null;
        ControlFile.RemoveStale(own, name);
        var root = Path.Join(own, name);
        return ControlFile.TryMakeFolder(root) ? root : null;
    }

    // Somebody may have cleaned up groups that were empty, ours among them.
    private static void MakeGroup(string root, string attempt)
    {
        var group = Path.Join(root, attempt);
        if (ControlFile.TryMakeFolder(group)) return;
        ControlFile.MakeFolder(root);
        ControlFile.MakeFolder(group);
    }

    private static void LimitCpu(string folder, LaunchOrder order, TaskSettings settings)
    {
        var shares = Math.Clamp((long)(order.Cpus * 1024), 2, 262_144);
        ControlFile.Write(Path.Join(folder, "cpu.shares"), shares.ToString());
        if (!settings.CapCpu) return;
        var quota = Math.Max(1000, (long)(order.Cpus * PeriodMicroseconds));
        ControlFile.Write(Path.Join(folder, "cpu.cfs_quota_us"), quota.ToString());
    }

    private static void LimitMemory(string folder, LaunchOrder order)
    {
        var bytes = (long)(Math.Max(order.MemMebibytes, LeastMebibytes) * Mebibyte);
        ControlFile.Write(Path.Join(folder, "memory.limit_in_bytes"), bytes.ToString());

        // Where swap is accounted, it must not widen the limit; where it is not, the file is missing.
        _ = ControlFile.TryWrite(Path.Join(folder, "memory.memsw.limit_in_bytes"), bytes.ToString());
    }
}
