using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>What just happened, for those who watch. The last events are kept, so that a watcher who was cut off can
/// go on where it stopped.</summary>
public sealed class EventFeed(int capacity = EventFeed.DefaultCapacity)
{
    /// <summary>Events kept for watchers who return.</summary>
    public const int DefaultCapacity = 4096;

    private readonly Lock gate = new();
    private readonly Happening[] recent = new Happening[capacity]; // a ring; an event is made only for who watches
    private readonly List<Channel<NodeEvent>> watchers = [];
    private long sequence;

    /// <summary>The sequence number of the latest event; 0: none yet.</summary>
    public long Latest
    {
        get { lock (gate) return sequence; }
    }

    /// <summary>Events from now on, or after <paramref name="after"/> as far as they are kept. A watcher that is too
    /// slow misses the oldest; the gap shows in the sequence numbers.</summary>
    public async IAsyncEnumerable<NodeEvent> WatchAsync(
        long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<NodeEvent>(
            new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (gate)
        {
            if (after is { } from)
                for (var kept = Math.Max(Math.Max(from, sequence - capacity), 0) + 1; kept <= sequence; kept++)
                    channel.Writer.TryWrite(EventNeedsLock(kept));
            watchers.Add(channel);
        }

        try
        {
            while (await channel.Reader.WaitToReadAsync(cancellationToken))
                while (channel.Reader.TryRead(out var e))
                    yield return e;
        }
        finally
        {
            lock (gate) watchers.Remove(channel);
        }
    }

    internal void Publish(Instant at, NodeEventKind kind, string jobName, Run? run)
    {
        lock (gate)
        {
            recent[++sequence % capacity] = new(at, kind, jobName, run);
            if (watchers.Count == 0) return;
            var e = EventNeedsLock(sequence);
            foreach (var watcher in watchers) watcher.Writer.TryWrite(e);
        }
    }

    private NodeEvent EventNeedsLock(long number)
    {
        var (at, kind, jobName, run) = recent[number % capacity];
        return new(number, at, kind, jobName, run);
    }

    private readonly record struct Happening(Instant At, NodeEventKind Kind, string JobName, Run? Run);
}

/// <summary>Something that happened.</summary>
/// <param name="Sequence">Grows by one with each event of this process.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Kind">What.</param>
/// <param name="JobName">The job.</param>
/// <param name="Run">The run as it then was; null for events of the job itself.</param>
public sealed record NodeEvent(long Sequence, Instant At, NodeEventKind Kind, string JobName, Run? Run);

/// <summary>The kinds of <see cref="NodeEvent"/>.</summary>
public enum NodeEventKind
{
    /// <summary>A job was created or its definition replaced.</summary>
    JobPut,

    /// <summary>A job was deleted.</summary>
    JobDeleted,

    /// <summary>A run was decided or changed its state.</summary>
    RunChanged,
}
