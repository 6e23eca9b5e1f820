using Chronos.Executor.Native;

namespace Chronos.Executor.Supervision;

/// <summary>Waits for the ends of tasks that an earlier executor started. They are not our children; where the kernel
/// tells (since Linux 6.15), their exit codes are known all the same.</summary>
internal sealed class AdoptedWatch(IEnumerable<TaskEntry> tasks, Action<string, ProcessEnd?> onEnded)
{
    private const int PauseMilliseconds = 200; // only for processes without a descriptor

    private readonly List<(string Id, int Pid, long StartTicks, Pidfd? Descriptor)> watched =
        [.. tasks.Select(task => (task.Id, task.Pid, task.StartTicks, Open(task)))];

    /// <summary>Runs until the last of them has ended; takes a thread of its own.</summary>
    internal void Run()
    {
        while (watched.Count > 0)
        {
            Wait();
            for (var i = watched.Count - 1; i >= 0; i--)
            {
                var (id, pid, startTicks, descriptor) = watched[i];
                if (ProcessTable.IsAlive(pid, startTicks)) continue;
                watched.RemoveAt(i);
                onEnded(id, ProcessTable.ReadEnd(pid, startTicks) ?? descriptor?.ReadEnd());
                descriptor?.Dispose();
            }
        }
    }

    // A descriptor that was opened after the number had passed to another process would speak of that one.
    private static Pidfd? Open(TaskEntry task)
    {
        var descriptor = Pidfd.TryOpen(task.Pid);
        if (descriptor is null || ProcessTable.IsAlive(task.Pid, task.StartTicks)) return descriptor;
        descriptor.Dispose();
        return null;
    }

    private void Wait()
    {
        var entries = watched.ConvertAll(task => new Libc.PollEntry
        {
            Descriptor = task.Descriptor?.Descriptor ?? -1, Events = Libc.PollIn,
        });
        var hasAll = watched.TrueForAll(task => task.Descriptor is not null);
        _ = Libc.Poll(entries, hasAll ? -1 : PauseMilliseconds);
    }
}
