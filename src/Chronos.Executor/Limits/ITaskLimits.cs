using Chronos.Executor.Protocol;

namespace Chronos.Executor.Limits;

/// <summary>Keeps a task and all that it starts within what it reserved. Used by the thread that spawns.</summary>
internal interface ITaskLimits
{
    /// <summary>What is in force for processors, memory and processes, as sentences for people.</summary>
    IReadOnlyList<string> Describe(TaskSettings settings);

    /// <summary>Chooses the group of an attempt, which is to be written down before its task is started; null: it
    /// gets none.</summary>
    string? Choose(LaunchOrder order, TaskSettings settings);

    /// <summary>Prepares the limits of a task, so that the next process of this thread is within them.</summary>
    /// <param name="order">The attempt.</param>
    /// <param name="group">What was chosen for it.</param>
    /// <param name="settings">Limits that are the same for all.</param>
    /// <returns>What to put before the command; empty: nothing.</returns>
    /// <exception cref="IOException">The limits cannot be set.</exception>
    IReadOnlyList<string> Enter(LaunchOrder order, string? group, TaskSettings settings);

    /// <summary>Takes the calling thread out of the task's limits again.</summary>
    void Leave();

    /// <summary>Processes in a group, as far as known.</summary>
    IReadOnlyList<int> Processes(string group);

    /// <summary>Whether a process in a group was killed because of its memory limit.</summary>
    bool WasOutOfMemory(string group);

    /// <summary>Gives back the group of a task that is over; false: processes are left in it.</summary>
    bool TryRelease(string group);

    /// <summary>All groups there are, those of an executor that was killed included.</summary>
    IReadOnlyList<string> Groups();

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

    public string? Choose(LaunchOrder order, TaskSettings settings) => null;

    public IReadOnlyList<string> Enter(LaunchOrder order, string? group, TaskSettings settings) =>
        settings.UseLimits ? ProcessCountLimit.Prelude(order, settings) : [];

    public void Leave()
    {
        // The thread was never in any limits.
    }

    public IReadOnlyList<int> Processes(string group) => [];

    public bool WasOutOfMemory(string group) => false;

    public bool TryRelease(string group) => true;

    public IReadOnlyList<string> Groups() => [];

    public void Close()
    {
        // Nothing was made.
    }
}
