using Chronos.Simulation.Checks;
using NodaTime;

namespace Chronos.Simulation.Cluster;

/// <summary>True time, which only events move, and everything that is to happen. One thread runs it: what code awaits
/// comes back through <see cref="Post"/>, so the order of all steps follows from the seed alone.</summary>
internal sealed class SimulatedTime : SynchronizationContext
{
    private readonly PriorityQueue<Action, (long Ticks, long Sequence)> events = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> posted = new();
    private const int EventsAtOnceMax = 100_000;
    private Instant stillSince;
    private int stillCount;
    private long sequence;

    /// <summary>The time of the event that happens now.</summary>
    public Instant Now { get; private set; } = Instant.FromUtc(2026, 1, 1, 0, 0);

    /// <summary>Events that have happened.</summary>
    public long EventCount { get; private set; }

    /// <summary>Events that are to happen.</summary>
    public int PendingCount => events.Count;

    /// <summary>Called after each event.</summary>
    public Action AfterEvent { get; set; } = static () => { };

    /// <summary>Lets something happen after a delay.</summary>
    public void After(Duration delay, Action action) => At(Now + Duration.Max(delay, Duration.Zero), action);

    /// <summary>Lets something happen at a time, rounded up to a tick of 100 ns.</summary>
    public void At(Instant time, Action action)
    {
        var ticks = time.ToUnixTimeTicks();
        if (Instant.FromUnixTimeTicks(ticks) < time) ticks++;
        events.Enqueue(action, (Math.Max(ticks, Now.ToUnixTimeTicks()), sequence++));
    }

    /// <summary>Runs events until a time, or until nothing is left.</summary>
    public void RunUntil(Instant end)
    {
        Drain();
        while (events.TryPeek(out _, out var next) && Instant.FromUnixTimeTicks(next.Ticks) <= end) RunNext();
        Now = Instant.Max(Now, end);
    }

    /// <summary>Runs events until a condition holds.</summary>
    /// <returns>Whether it came to hold before the time was over.</returns>
    public bool RunUntil(Func<bool> condition, Instant end)
    {
        Drain();
        while (!condition())
        {
            if (!events.TryPeek(out _, out var next) || Instant.FromUnixTimeTicks(next.Ticks) > end) return false;
            RunNext();
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => posted.Enqueue((d, state));

    /// <inheritdoc/>
    public override void Send(SendOrPostCallback d, object? state) => d(state);

    private void RunNext()
    {
        events.TryDequeue(out var action, out var key);
        Now = Instant.FromUnixTimeTicks(key.Ticks);
        EventCount++;
        if (Now > stillSince) (stillSince, stillCount) = (Now, 0);
        else if (++stillCount > EventsAtOnceMax) throw new Violation($"Time stands still at {Now}.");
        action!(); // the caller has peeked it
        Drain();
        AfterEvent();
    }

    private void Drain()
    {
        while (posted.TryDequeue(out var continuation)) continuation.Callback(continuation.State);
    }
}

/// <summary>The timers of code that waits by <see cref="TimeProvider"/>, in simulated time.</summary>
internal sealed class SimulatedTimers(SimulatedTime time) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => time.Now.ToDateTimeOffset();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new OneShot(time, callback, state, dueTime);

    private sealed class OneShot : ITimer
    {
        private readonly SimulatedTime time;
        private readonly TimerCallback callback;
        private readonly object? state;
        private int version;

        public OneShot(SimulatedTime time, TimerCallback callback, object? state, TimeSpan dueTime)
        {
            (this.time, this.callback, this.state) = (time, callback, state);
            Change(dueTime, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var current = ++version;
            if (dueTime == Timeout.InfiniteTimeSpan) return true;
            time.After(Duration.FromTimeSpan(dueTime), () =>
            {
                if (current == version) callback(state);
            });
            return true;
        }

        public void Dispose() => version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
