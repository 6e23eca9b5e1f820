using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Chronos.Mesos.Wire;

namespace Mesos.Tests.Simulator;

/// <summary>The events of a stream as the text that came.</summary>
internal sealed class ReplayStream : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly List<JsonObject> events = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly Task reading;

    internal ReplayStream(HttpResponseMessage response)
    {
        this.response = response;
        reading = ReadAsync();
    }

    /// <summary>Ends with the stream.</summary>
    internal Task Ended => reading.WaitAsync(TestScheduler.Patience);

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
            {
                var message = JsonNode.Parse(record.ToArray())!.AsObject();
                OnEvent(message);
                lock (events) events.Add(message);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // The stream broke, or this side closed it.
        }
    }
}
