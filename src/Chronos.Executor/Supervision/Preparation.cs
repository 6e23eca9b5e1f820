using System.Collections.Concurrent;
using Chronos.Executor.Journal;
using Chronos.Executor.Native;

namespace Chronos.Executor.Supervision;

/// <summary>Waits until the disk has the acceptance of tasks, and makes their sandboxes, on a thread of its own: a new
/// file may have to wait for the disk too, and meanwhile tasks are started and reaped. What is accepted during one
/// round shares the next.</summary>
/// <param name="journal">Has the lines of the tasks already.</param>
/// <param name="onPrepared">Gets what became of them.</param>
internal sealed class Preparation(TaskJournal journal, Action<Prepared> onPrepared)
{
    private const int TasksAtOnce = 8; // so that the first of many start while the others are prepared

    private readonly ConcurrentQueue<IReadOnlyList<TaskEntry>> waiting = new();
    private readonly Doorbell bell = new();

    /// <summary>Asks for the preparation of these tasks; never blocks.</summary>
    /// <param name="tasks">Only what never changes of them is looked at.</param>
    internal void Request(IReadOnlyList<TaskEntry> tasks)
    {
        waiting.Enqueue(tasks);
        bell.Ring();
    }

    /// <summary>Runs as long as the process; takes a thread of its own.</summary>
    internal void Run()
    {
        while (true)
        {
            bell.Wait();
            var tasks = new List<TaskEntry>();
            while (waiting.TryDequeue(out var more)) tasks.AddRange(more);
            if (tasks.Count == 0) continue;
            var error = journal.Sync();
            foreach (var some in tasks.Chunk(TasksAtOnce)) onPrepared(new(Prepare(some, error), error));
        }
    }

    // What cannot be started needs no folder.
    private static (TaskEntry Task, string? Problem)[] Prepare(TaskEntry[] tasks, int journalError) =>
        Array.ConvertAll(tasks, task => (task, journalError == 0 ? Sandbox.Make(task.Sandbox) : null));
}
