using System.Buffers;
using System.Threading.Channels;
using Chronos.Mesos.Wire;
using Chronos.MesosSimulator.Faults;
using Chronos.MesosSimulator.Wire;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Chronos.MesosSimulator.Http;

/// <summary>An answer without an end: records as they come. Sending never waits; a slow reader is buffered for without
/// bound, as masters do.</summary>
internal sealed class RecordStream(MessageCodec codec, ClusterFaults? faults = null)
{
    private const int WriteBytesMax = 64 * 1024;
    private readonly Channel<Item> items = Channel.CreateUnbounded<Item>(new() { SingleReader = true });
    private readonly ArrayBufferWriter<byte> buffer = new();

    private enum ItemKind
    {
        Record,
        Part,
        End,
        Abort,
    }

    /// <summary>What the client must show with its calls.</summary>
    internal string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>Whether more can be sent.</summary>
    internal bool IsOpen { get; private set; } = true;

    /// <summary>Sends a message, encoded by the writer and not by the caller, who may hold the lock.</summary>
    internal void Send(IMessage message)
    {
        if (IsOpen) items.Writer.TryWrite(new(ItemKind.Record, message));
    }

    /// <summary>Ends the answer after what was sent.</summary>
    internal void Close() => Finish(new(ItemKind.End, null));

    /// <summary>Breaks the connection after what was sent.</summary>
    internal void Abort() => Finish(new(ItemKind.Abort, null));

    /// <summary>Breaks the connection after the first half of one more record.</summary>
    internal void AbortInsideRecord()
    {
        items.Writer.TryWrite(new(ItemKind.Part, null));
        Abort();
    }

    /// <summary>Answers a request; ends with the stream.</summary>
    internal async Task RunAsync(HttpContext context)
    {
        var aborted = context.RequestAborted;
        context.Response.ContentType = codec.MediaType;
        try
        {
            await context.Response.StartAsync(aborted);
            await context.Response.Body.FlushAsync(aborted);
            while (await items.Reader.WaitToReadAsync(aborted))
                if (!await WriteAsync(context, aborted)) return;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client has gone.
        }
        finally
        {
            IsOpen = false;
        }
    }

    private void Finish(Item item)
    {
        items.Writer.TryWrite(item);
        items.Writer.TryComplete();
        IsOpen = false;
    }

    // False: it ends here.
    private async Task<bool> WriteAsync(HttpContext context, CancellationToken aborted)
    {
        while (items.Reader.TryRead(out var item))
        {
            if (item.Message is { } message && faults?.AreStreamsSilent != true)
                RecordWriter.Write(buffer, Encodings.Encode(codec, message));
            else if (item.Kind == ItemKind.Part) buffer.Write("100\n{\"type\":"u8);
            if (buffer.WrittenCount < WriteBytesMax && item.Kind is ItemKind.Record or ItemKind.Part) continue;
            await FlushAsync(context, aborted);
            if (item.Kind == ItemKind.Abort) context.Abort();
            if (item.Kind is ItemKind.Abort or ItemKind.End) return false;
        }

        await FlushAsync(context, aborted);
        return true;
    }

    private async Task FlushAsync(HttpContext context, CancellationToken aborted)
    {
        var rest = buffer.WrittenMemory;
        while (!rest.IsEmpty)
        {
            var split = faults?.SplitBytes ?? 0;
            var piece = split > 0 ? rest[..Math.Min(split, rest.Length)] : rest;
            await context.Response.Body.WriteAsync(piece, aborted);
            await context.Response.Body.FlushAsync(aborted);
            rest = rest[piece.Length..];
        }

        buffer.ResetWrittenCount();
    }

    private readonly record struct Item(ItemKind Kind, IMessage? Message);
}
