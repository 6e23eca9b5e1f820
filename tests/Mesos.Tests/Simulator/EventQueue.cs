using System.IO.Pipelines;
using Chronos.Mesos.Wire;
using Google.Protobuf;

namespace Mesos.Tests.Simulator;

/// <summary>What comes on an event stream, kept until somebody takes it.</summary>
internal sealed class EventQueue<T> : IAsyncDisposable
    where T : class, IMessage<T>, new()
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly HttpResponseMessage response;
    private readonly MessageCodec codec;
    private readonly List<T> events = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Task reading;
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal EventQueue(HttpResponseMessage response, MessageCodec codec)
    {
        (this.response, this.codec) = (response, codec);
        reading = ReadAsync();
    }

    /// <summary>Ends with the stream.</summary>
    internal Task Ended => reading.WaitAsync(Patience);

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

    /// <summary>Closes the stream as a crash would. Not by disposing of an answer that is being read: that gives its
    /// buffer away in the middle of a record.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await reading;
        response.Dispose();
        stopping.Dispose();
    }

    private async Task ReadAsync()
    {
        await Task.Yield();
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            var records = new RecordReader(PipeReader.Create(body));
            while (await records.ReadAsync(stopping.Token) is { } record)
                Add(codec.Decode<T>(record));
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // The stream broke, or this side closed it.
        }
    }

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
