using System.Collections.Concurrent;
using Chronos.Executor.Journal;
using Chronos.Executor.Native;

namespace Chronos.Executor.Supervision;

/// <summary>Waits for the disk on a thread of its own, so that tasks are started and reaped meanwhile. What is accepted
/// during one wait shares the next.</summary>
/// <param name="journal">Has the lines of the tasks already.</param>
/// <param name="onSynced">Gets tasks whose lines the disk has, and 0; or the error.</param>
internal sealed class JournalSync(TaskJournal journal, Action<IReadOnlyList<TaskEntry>, int> onSynced)
{
    private readonly ConcurrentQueue<IReadOnlyList<TaskEntry>> waiting = new();
    private readonly Doorbell bell = new();

    /// <summary>Asks for a wait for these tasks; never blocks.</summary>
    internal void Request(IReadOnlyList<TaskEntry> tasks)
    {
        waiting.Enqueue(tasks);
        bell.Ring();
    }

    /// <summary>Runs as long as the process; takes a thread of its own.</summary>
    internal void Run()
    {
        var tasks = new List<TaskEntry>();
        while (true)
        {
            bell.Wait();
            while (waiting.TryDequeue(out var more)) tasks.AddRange(more);
            if (tasks.Count == 0) continue;
            onSynced(tasks, journal.Sync());
            tasks = [];
        }
    }
}
