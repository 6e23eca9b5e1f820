using System.Collections.Concurrent;
using Chronos.Mesos.Protocol;
using Chronos.MesosSimulator.Agents;

namespace Chronos.MesosSimulator;

/// <summary>Counts of tasks over the life of a cluster; nothing is kept of a single one. Safe to read at any time.
/// </summary>
public sealed class TaskTable
{
    private readonly ConcurrentDictionary<TaskState, long> ended = new();
    private long launched;
    private long active;
    private long collisions;

    /// <summary>Called under the cluster's lock with each task that an executor says runs; default: nothing.</summary>
    public Action<TaskInfo> OnStarted { get; set; } = static _ => { };

    /// <summary>Called under the cluster's lock with each task that has ended at its agent; default: nothing.</summary>
    public Action<TaskInfo, TaskState> OnEnded { get; set; } = static (_, _) => { };

    /// <summary>Tasks that masters took.</summary>
    public long Launched => Interlocked.Read(ref launched);

    /// <summary>Tasks that have not ended.</summary>
    public long Active => Interlocked.Read(ref active);

    /// <summary>How often an agent came back with a task whose id another agent's task had by then. The later one is
    /// known here; real masters end, and those that follow them too.</summary>
    public long Collisions => Interlocked.Read(ref collisions);

    /// <summary>How many tasks ended in a state.</summary>
    public long Ended(TaskState state) => ended.GetValueOrDefault(state);

    internal void Launch()
    {
        Interlocked.Increment(ref launched);
        Interlocked.Increment(ref active);
    }

    internal void Started(TaskRecord task) => OnStarted(task.Task);

    internal void Ended(TaskRecord task, TaskStatus status)
    {
        Interlocked.Decrement(ref active);
        ended.AddOrUpdate(status.State, 1, static (_, count) => count + 1);
        OnEnded(task.Task, status.State);
    }

    internal void Collide() => Interlocked.Increment(ref collisions);

    internal void Forgotten() => Interlocked.Decrement(ref active);
}
