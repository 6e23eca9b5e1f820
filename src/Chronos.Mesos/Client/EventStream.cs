using System.IO.Pipelines;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;

namespace Chronos.Mesos.Client;

/// <summary>The events of one answer to SUBSCRIBE. Masters say something every few seconds; a stream that is silent for
/// too long leads to nobody, although no read ever fails.</summary>
internal sealed class EventStream : IDisposable
{
    private readonly RecordReader records;
    private readonly MessageCodec codec;
    private readonly CancellationToken outer;
    private readonly CancellationTokenSource silence;
    private readonly CancellationTokenSource either;

    internal EventStream(
        PipeReader pipe, HttpResponseMessage response, TimeProvider time, CancellationToken cancellationToken)
    {
        var mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
        codec = MessageCodec.Find(mediaType)
            ?? throw new MessageFormatException($"Events of type '{mediaType}' cannot be read.");
        (records, outer) = (new(pipe), cancellationToken);
        silence = new(Timeout.InfiniteTimeSpan, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
    }

    /// <summary>The longest silence, measured with a monotonic clock.</summary>
    internal TimeSpan SilenceMax { get; set; }

    /// <summary>The next event; null: the stream has ended.</summary>
    /// <exception cref="TimeoutException">It was silent for too long.</exception>
    /// <exception cref="MessageFormatException">The record is no event; the next may be read.</exception>
    /// <exception cref="IOException">It broke.</exception>
    internal async Task<Event?> ReadAsync()
    {
        silence.CancelAfter(SilenceMax);
        try
        {
            return await records.ReadAsync(either.Token) is { } record ? codec.Decode<Event>(record) : null;
        }
        catch (OperationCanceledException e) when (!outer.IsCancellationRequested)
        {
            throw new TimeoutException($"The master was silent for {SilenceMax.TotalSeconds:0.#} s.", e);
        }
    }

    public void Dispose()
    {
        either.Dispose();
        silence.Dispose();
    }
}
