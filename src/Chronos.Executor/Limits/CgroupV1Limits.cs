using Chronos.Executor.Native;
using Chronos.Executor.Protocol;

namespace Chronos.Executor.Limits;

/// <summary>Control groups of version 1. The spawning thread moves itself into the group, which the new process
/// inherits: no race, no extra process. Moving itself is also the one move for which the kernel takes no global lock,
/// which for another process costs it milliseconds.
///
/// A group outlives its first task, whose id is its name: making and removing it takes the kernel longer than all the
/// rest of a start. It is used again for tasks with the same limits, unless it holds memory or has seen a
/// kill.</summary>
internal sealed class CgroupV1Limits : ITaskLimits
{
    private const long Mebibyte = 1024 * 1024;
    private const double LeastMebibytes = 8; // less does not even start a shell
    private const long PeriodMicroseconds = 100_000;
    private const int FreeMax = 32;

    // What a task leaves, such as cached output or files in memory, would count against the next one.
    private const long LeftBytesMax = Mebibyte;

    private readonly string? cpu;
    private readonly string? memory;
    private readonly string? pids;
    private readonly string[] roots;
    private readonly Dictionary<string, GroupLimits> made = new(StringComparer.Ordinal);
    private readonly List<string> free = [];
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

    public string Choose(LaunchOrder order, TaskSettings settings)
    {
        var wanted = GroupLimits.Of(order, settings);
        var place = free.FindLastIndex(group => made[group] == wanted);
        if (place < 0) return order.Id;
        var chosen = free[place];
        free.RemoveAt(place);
        return chosen;
    }

    public IReadOnlyList<string> Enter(LaunchOrder order, string? group, TaskSettings settings)
    {
        ArgumentNullException.ThrowIfNull(group);
        isInside = true;
        if (!made.ContainsKey(group) || !TryJoin(group))
        {
            Make(group, GroupLimits.Of(order, settings)); // somebody may have removed it while it was empty
            if (!TryJoin(group)) throw new IOException($"Control group '{group}' is removed by somebody else.");
        }

        return pids is null ? ProcessCountLimit.Prelude(order, settings) : [];
    }

    public void Leave()
    {
        if (!isInside) return;
        foreach (var root in roots) ControlFile.Write(Path.Join(Path.GetDirectoryName(root), "tasks"), "0");
        isInside = false;
    }

    public IReadOnlyList<int> Processes(string group)
    {
        var found = new HashSet<int>();
        foreach (var root in roots)
            found.UnionWith(ControlFile.ReadProcesses(Path.Join(root, group, "cgroup.procs")));
        found.Remove(Environment.ProcessId);
        return [.. found];
    }

    public bool WasOutOfMemory(string group) =>
        memory is not null && ControlFile.ReadKey(Path.Join(memory, group, "memory.oom_control"), "oom_kill") > 0;

    public bool TryRelease(string group)
    {
        if (!IsEmpty(group)) return false;
        if (!made.ContainsKey(group) || !IsClean(group)) return TryRemove(group);
        free.Add(group);
        if (free.Count <= FreeMax) return true;
        var oldest = free[0];
        free.RemoveAt(0);
        return TryRemove(oldest);
    }

    public IReadOnlyList<string> Groups() => [.. roots.SelectMany(ControlFile.ReadFolders).Distinct()];

    public void Close()
    {
        foreach (var group in free) _ = TryRemove(group);
        foreach (var root in roots) _ = ControlFile.TryRemoveFolder(root); // stays where tasks go on without us
    }

    private static string? Prepare(string controller, string name)
    {
        if (CgroupMounts.FindV1(controller) is not { } own) return null;
        ControlFile.RemoveStale(own, name);
        var root = Path.Join(own, name);
        return ControlFile.TryMakeFolder(root) ? root : null;
    }

    // A list of processes costs the kernel more than their number, and work in the background afterwards.
    private bool IsEmpty(string group) => pids is not null
        ? ControlFile.ReadNumber(Path.Join(pids, group, "pids.current")) == 0
        : Array.TrueForAll(roots, root => ControlFile.IsEmpty(Path.Join(root, group, "cgroup.procs")));

    private bool IsClean(string group) => memory is null
        || (ControlFile.ReadNumber(Path.Join(memory, group, "memory.usage_in_bytes")) <= LeftBytesMax
            && !WasOutOfMemory(group));

    private bool TryRemove(string group)
    {
        made.Remove(group);
        var removed = true;
        foreach (var root in roots) removed &= ControlFile.TryRemoveFolder(Path.Join(root, group));
        return removed;
    }

    private bool TryJoin(string group)
    {
        foreach (var root in roots)
        {
            var path = Path.Join(root, group, "tasks");
            var error = ControlFile.TryWrite(path, "0");
            if (error == Libc.NoEntry) return false;
            if (error != 0) throw new IOException($"Cannot enter '{path}': {Libc.Describe(error)}");
        }

        return true;
    }

    // Only a group with all its limits may be used again.
    private void Make(string group, GroupLimits limits)
    {
        made.Remove(group);
        foreach (var root in roots)
        {
            var folder = Path.Join(root, group);
            if (ControlFile.TryMakeFolder(folder)) continue;
            ControlFile.MakeFolder(root); // it was empty as well
            ControlFile.MakeFolder(folder);
        }

        if (cpu is not null) LimitCpu(Path.Join(cpu, group), limits);
        if (memory is not null) LimitMemory(Path.Join(memory, group), limits);
        if (pids is not null)
            ControlFile.Write(Path.Join(pids, group, "pids.max"), limits.Processes.ToString());
        made.Add(group, limits);
    }

    private static void LimitCpu(string folder, GroupLimits limits)
    {
        ControlFile.Write(Path.Join(folder, "cpu.shares"), limits.CpuShares.ToString());
        if (limits.CpuQuota is { } quota) ControlFile.Write(Path.Join(folder, "cpu.cfs_quota_us"), quota.ToString());
    }

    private static void LimitMemory(string folder, GroupLimits limits)
    {
        var bytes = limits.MemoryBytes.ToString();
        ControlFile.Write(Path.Join(folder, "memory.limit_in_bytes"), bytes);

        // Where swap is accounted, it must not widen the limit; where it is not, the file is missing.
        _ = ControlFile.TryWrite(Path.Join(folder, "memory.memsw.limit_in_bytes"), bytes);
    }

    private readonly record struct GroupLimits(long CpuShares, long? CpuQuota, long MemoryBytes, int Processes)
    {
        internal static GroupLimits Of(LaunchOrder order, TaskSettings settings) => new(
            Math.Clamp((long)(order.Cpus * 1024), 2, 262_144),
            settings.CapCpu ? Math.Max(1000, (long)(order.Cpus * PeriodMicroseconds)) : null,
            (long)(Math.Max(order.MemMebibytes, LeastMebibytes) * Mebibyte),
            settings.ProcessesMax);
    }
}
