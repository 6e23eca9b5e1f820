using Chronos.Mesos.Wire;
using Google.Protobuf;

namespace Mesos.Tests.Simulator;

/// <summary>What comes on an event stream, kept until somebody takes it.</summary>
internal sealed class EventQueue<T> : IAsyncDisposable
    where T : class, IMessage<T>, new()
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly List<T> events = [];
    private readonly RecordFeed feed;
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal EventQueue(HttpResponseMessage response, MessageCodec codec) =>
        feed = new(response, record => Add(codec.Decode<T>(record)));

    /// <summary>Ends with the stream.</summary>
    internal Task Ended => feed.Ended.WaitAsync(Patience);

    /// <summary>How many have come that fit and were not taken.</summary>
    internal int Count(Func<T, bool> fits)
    {
        lock (events) return events.Count(fits);
    }

    /// <summary>Drops all that have come and fit.</summary>
    internal void Drop(Predicate<T> fits)
    {
        lock (events) events.RemoveAll(fits);
    }

    /// <summary>Takes the next that fits, whatever came before it.</summary>
    internal async Task<T> NextAsync(Func<T, bool> fits)
    {
        using var late = new CancellationTokenSource(Patience);
        while (true)
        {
            Task more;
            lock (events)
            {
                var at = events.FindIndex(message => fits(message));
                if (at >= 0)
                {
                    var found = events[at];
                    events.RemoveAt(at);
                    return found;
                }

                more = arrived.Task;
            }

            await more.WaitAsync(late.Token);
        }
    }

    /// <summary>Closes the stream as a crash would.</summary>
    public ValueTask DisposeAsync() => feed.DisposeAsync();

    private void Add(T message)
    {
        lock (events)
        {
            events.Add(message);
            var waiting = arrived;
            arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.SetResult();
        }
    }
}
