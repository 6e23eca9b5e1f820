using System.Collections.Concurrent;
using Chronos.Executor.Journal;

namespace Chronos.Executor.Supervision;

/// <summary>Waits for the disk on a thread of its own, so that tasks are started and reaped meanwhile. What is accepted
/// during one wait shares the next.</summary>
/// <param name="journal">Has the lines of the tasks already.</param>
/// <param name="onSynced">Gets tasks whose lines the disk has, and 0; or the error.</param>
internal sealed class JournalSync(TaskJournal journal, Action<IReadOnlyList<TaskEntry>, int> onSynced)
{
    private readonly BlockingCollection<IReadOnlyList<TaskEntry>> waiting = [];

    /// <summary>Asks for a wait for these tasks; never blocks.</summary>
    internal void Request(IReadOnlyList<TaskEntry> tasks) => waiting.Add(tasks);

    /// <summary>Runs until cancelled; takes a thread of its own.</summary>
    internal void Run(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var first in waiting.GetConsumingEnumerable(cancellationToken))
            {
                var tasks = new List<TaskEntry>(first);
                while (waiting.TryTake(out var more)) tasks.AddRange(more);
                onSynced(tasks, journal.Sync());
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // the executor ends; what it has accepted, the next one reads from the journal
        }
    }
}
