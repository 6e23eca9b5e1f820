using System.Buffers;
using System.Text.Json.Nodes;

namespace Mesos.Tests.Simulator;

/// <summary>The events of a stream as the text that came.</summary>
internal sealed class ReplayStream : IAsyncDisposable
{
    private readonly List<JsonObject> events = [];
    private readonly RecordFeed feed;

    internal ReplayStream(HttpResponseMessage response) => feed = new(response, Take);

    /// <summary>Ends with the stream.</summary>
    internal Task Ended => feed.Ended.WaitAsync(TestScheduler.Patience);

    /// <summary>Called with each event as it comes, under the lock of the list.</summary>
    internal Action<JsonObject> OnEvent { get; init; } = static _ => { };

    internal IReadOnlyList<JsonObject> Untaken
    {
        get
        {
            lock (events) return [.. events];
        }
    }

    internal async Task<JsonObject> TakeAsync(Func<JsonObject, bool> fits, string what)
    {
        JsonObject? found = null;
        using var late = new CancellationTokenSource(TestScheduler.Patience);
        while (found is null)
        {
            lock (events)
            {
                var at = events.FindIndex(message => fits(message));
                if (at >= 0)
                {
                    found = events[at];
                    events.RemoveAt(at);
                }
            }

            if (late.IsCancellationRequested) throw new TimeoutException($"It did not come: {what}");
            if (found is null) await Task.Delay(5);
        }

        return found;
    }

    public ValueTask DisposeAsync() => feed.DisposeAsync();

    private void Take(ReadOnlySequence<byte> record)
    {
        var message = JsonNode.Parse(record.ToArray())!.AsObject();
        OnEvent(message);
        lock (events) events.Add(message);
    }
}
