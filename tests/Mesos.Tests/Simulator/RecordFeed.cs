using System.Buffers;
using System.IO.Pipelines;
using Chronos.Mesos.Wire;

namespace Mesos.Tests.Simulator;

/// <summary>Reads an answer without an end, record by record, until the stream ends or is disposed of.</summary>
internal sealed class RecordFeed : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly Action<ReadOnlySequence<byte>> take;
    private readonly CancellationTokenSource stopping = new();

    internal RecordFeed(HttpResponseMessage response, Action<ReadOnlySequence<byte>> take)
    {
        (this.response, this.take) = (response, take);
        Ended = ReadAsync();
    }

    /// <summary>Ends with the stream.</summary>
    internal Task Ended { get; }

    /// <summary>Closes the stream as a crash would. Not by disposing of an answer that is being read: that gives its
    /// buffer away in the middle of a record.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Ended;
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
            while (await records.ReadAsync(stopping.Token) is { } record) take(record);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // The stream broke, or this side closed it.
        }
    }
}
