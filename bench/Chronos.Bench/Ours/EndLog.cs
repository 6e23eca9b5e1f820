using System.Collections.Concurrent;
using System.Text;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;

namespace Chronos.Bench.Ours;

/// <summary>Stands for the server's database: a line for each attempt that has ended, and one wait for the disk for all
/// that ended meanwhile.</summary>
internal sealed class EndLog : IDisposable
{
    private readonly BlockingCollection<AttemptStatus> waiting = [];
    private readonly FileStream file;
    private readonly Action<List<AttemptId>> onDurable;
    private readonly Thread thread;

    /// <summary>Begins one.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="onDurable">Gets attempts whose ends the disk has.</param>
    public EndLog(string path, Action<List<AttemptId>> onDurable)
    {
        file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        this.onDurable = onDurable;
        thread = new(Run) { Name = "ends" };
        thread.Start();
    }

    public void Add(AttemptStatus status)
    {
        if (status.Phase >= AttemptPhase.Finished) waiting.Add(status);
    }

    public void Dispose()
    {
        waiting.CompleteAdding();
        thread.Join();
        file.Dispose();
        waiting.Dispose();
    }

    private void Run()
    {
        foreach (var first in waiting.GetConsumingEnumerable())
        {
            List<AttemptId> ended = [];
            var lines = new StringBuilder();
            for (var status = first; status is not null; status = waiting.TryTake(out var more) ? more : null)
            {
                if (status.Phase != AttemptPhase.Finished)
                    throw new InvalidOperationException($"A task ended badly: {status.Message}");
                ended.Add(status.Id);
                lines.Append(status.Id).Append(" ended ").Append(status.ExitCode).Append('\n');
            }

            file.Write(Encoding.ASCII.GetBytes(lines.ToString()));
            file.Flush(flushToDisk: true);
            onDurable(ended);
        }
    }
}
