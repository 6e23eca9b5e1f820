namespace Chronos.MesosSimulator.Timing;

/// <summary>Everything that is due later, in one heap with one thread: a hundred thousand tasks cost no timer each. The
/// owner of the gate adds; what is due runs under the gate too.</summary>
internal sealed class TimerQueue : IDisposable
{
    private const int RunsAtOnceMax = 64; // then others get the gate
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private readonly PriorityQueue<Entry, (TimeSpan Due, long Number)> queue = new();
    private readonly object gate;
    private readonly TimeProvider time;
    private readonly double scale;
    private readonly long began;
    private readonly Thread thread;
    private long number;
    private bool isStopping;

    /// <param name="gate">The lock of the state that the timers change.</param>
    /// <param name="time">A monotonic clock.</param>
    /// <param name="scale">How many times faster than in the real system the protocol's timers run.</param>
    internal TimerQueue(object gate, TimeProvider time, double scale)
    {
        (this.gate, this.time, this.scale) = (gate, time, scale);
        began = time.GetTimestamp();
        thread = new(Run) { IsBackground = true, Name = "simulated timers" };
        thread.Start();
    }

    /// <summary>Since the start.</summary>
    internal TimeSpan Now => time.GetElapsedTime(began);

    /// <summary>The time of day.</summary>
    internal DateTimeOffset Today => time.GetUtcNow();

    /// <summary>How long a span of the protocol takes here.</summary>
    internal TimeSpan Scaled(TimeSpan span)
    {
        var ticks = span.Ticks / scale;
        return ticks >= TimeSpan.MaxValue.Ticks / 4.0 ? TimeSpan.MaxValue / 4 : TimeSpan.FromTicks((long)ticks);
    }

    /// <summary>Runs something later, under the gate, which the caller holds.</summary>
    /// <param name="delay">Already scaled.</param>
    /// <param name="fire">Static, so that an entry costs no closure.</param>
    /// <param name="subject">What it is called with.</param>
    internal void Add<T>(TimeSpan delay, Action<T> fire, T subject)
        where T : class
    {
        var due = Now + (delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        var isFirst = !queue.TryPeek(out _, out var head) || due < head.Due;
        queue.Enqueue(new Entry<T>(fire, subject), (due, number++));
        if (isFirst) Monitor.PulseAll(gate);
    }

    public void Dispose()
    {
        lock (gate)
        {
            isStopping = true;
            Monitor.PulseAll(gate);
        }

        thread.Join();
    }

    private void Run()
    {
        while (true)
        {
            lock (gate)
            {
                for (var runs = 0; runs < RunsAtOnceMax && !isStopping; runs++)
                    if (!RunNextOrWait()) break;
                if (isStopping) return;
            }

            Thread.Yield();
        }
    }

    // False: it waited, and left the gate meanwhile.
    private bool RunNextOrWait()
    {
        if (!queue.TryPeek(out var entry, out var head))
        {
            Monitor.Wait(gate);
            return false;
        }

        var wait = head.Due - Now;
        if (wait > TimeSpan.Zero)
        {
            Monitor.Wait(gate, wait < LongestWait ? wait + TimeSpan.FromMilliseconds(1) : LongestWait);
            return false;
        }

        queue.Dequeue();
        entry.Run();
        return true;
    }

    private abstract class Entry
    {
        internal abstract void Run();
    }

    private sealed class Entry<T>(Action<T> fire, T subject) : Entry
    {
        internal override void Run() => fire(subject);
    }
}
