using System.Text;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;

namespace Chronos.Bench.Ours;

/// <summary>Stands for the server's database: a line for each attempt that has ended, and one wait for the disk for all
/// that ended meanwhile.</summary>
internal sealed class EndLog : IDisposable
{
    private readonly List<AttemptStatus> waiting = [];
    private readonly FileStream file;
    private readonly Action<List<AttemptId>> onDurable;
    private readonly Thread thread;
    private bool isClosed;

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
        if (status.Phase < AttemptPhase.Finished) return;
        lock (waiting)
        {
            waiting.Add(status);
            if (waiting.Count == 1) Monitor.Pulse(waiting);
        }
    }

    public void Dispose()
    {
        lock (waiting)
        {
            isClosed = true;
            Monitor.Pulse(waiting);
        }

        thread.Join();
        file.Dispose();
    }

    private void Run()
    {
        while (TakeAll() is { Count: > 0 } statuses)
        {
            List<AttemptId> ended = [];
            var lines = new StringBuilder();
            foreach (var status in statuses)
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

    private List<AttemptStatus> TakeAll()
    {
        lock (waiting)
        {
            while (waiting.Count == 0 && !isClosed) Monitor.Wait(waiting);
            List<AttemptStatus> taken = [.. waiting];
            waiting.Clear();
            return taken;
        }
    }
}
