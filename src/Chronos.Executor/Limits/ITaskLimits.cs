using Chronos.Executor.Protocol;

namespace Chronos.Executor.Limits;

/// <summary>Keeps a task and all that it starts within what it reserved. Used by the thread that spawns.</summary>
internal interface ITaskLimits
{
    /// <summary>What is in force for processors, memory and processes, as sentences for people.</summary>
    IReadOnlyList<string> Describe(TaskSettings settings);

    /// <summary>Prepares the limits of a task, so that the next process of this thread is within them.</summary>
    /// <returns>What to put before the command; empty: nothing.</returns>
    /// <exception cref="IOException">The limits cannot be set.</exception>
    IReadOnlyList<string> Enter(LaunchOrder order, TaskSettings settings);

    /// <summary>Takes the calling thread out of the task's limits again.</summary>
    void Leave();

    /// <summary>Processes within the limits of a task, as far as known.</summary>
    IReadOnlyList<int> Processes(string attempt);

    /// <summary>Whether a process of the task was killed because of its memory limit.</summary>
    bool WasOutOfMemory(string attempt);

    /// <summary>Removes the limits of a task that is over; false: processes of it are left.</summary>
    bool TryRemove(string attempt);

    /// <summary>Attempts that have limits, those of an executor that was killed included.</summary>
    IReadOnlyList<string> Attempts();

    /// <summary>Removes what is left when the executor ends.</summary>
    void Close();
}

/// <summary>Nothing is limited.</summary>
internal sealed class NoLimits(string reason) : ITaskLimits
{
    public IReadOnlyList<string> Describe(TaskSettings settings) =>
    [
        $"cpu: reserved but not limited ({reason})",
        $"memory: reserved but not limited ({reason}); RLIMIT_AS is not used, because runtimes such as Java and Go "
            + "reserve far more address space than memory",
        ProcessCountLimit.Describe(settings, reason),
    ];

    public IReadOnlyList<string> Enter(LaunchOrder order, TaskSettings settings) =>
        settings.UseLimits ? ProcessCountLimit.Prelude(order, settings) : [];

    public void Leave()
    {
        // The thread was never in any limits.
    }

    public IReadOnlyList<int> Processes(string attempt) => [];

    public bool WasOutOfMemory(string attempt) => false;

    public bool TryRemove(string attempt) => true;

    public IReadOnlyList<string> Attempts() => [];

    public void Close()
    {
        // Nothing was made.
    }
}
