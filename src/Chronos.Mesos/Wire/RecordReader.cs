using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Chronos.Mesos.Wire;

/// <summary>Reads the records of an event stream: the length in bytes as decimal digits, a line feed, then that many
/// bytes. How the bytes were cut into chunks does not matter. For one reader at a time; does not own the
/// pipe.</summary>
/// <param name="pipe">Where the bytes come from.</param>
/// <param name="recordBytesMax">A longer record is refused; bytes, default 64 MiB.</param>
public sealed class RecordReader(PipeReader pipe, int recordBytesMax = RecordReader.DefaultRecordBytesMax)
{
    /// <summary>The default limit of a record: offers of the largest clusters take some mebibytes.</summary>
    public const int DefaultRecordBytesMax = 64 * 1024 * 1024;

    private const int LengthDigitsMax = 20; // of a 64-bit number
    private const byte LineFeed = (byte)'\n';

    private SequencePosition? consumed;
    private long length = -1;

    /// <summary>Whether the stream ended in the middle of a record, which is then lost.</summary>
    public bool EndedInsideRecord { get; private set; }

    /// <summary>Reads one record.</summary>
    /// <returns>Its bytes, valid until the next call; null: the stream has ended.</returns>
    /// <exception cref="RecordFormatException">The length is no number, or above the limit. Final.</exception>
    public async ValueTask<ReadOnlySequence<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        if (consumed is { } position) pipe.AdvanceTo(position);
        consumed = null;
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            if (read.IsCanceled) throw new OperationCanceledException("Reading was cancelled.");
            var rest = read.Buffer;
            if (length < 0) length = TryReadLength(ref rest);
            if (length >= 0 && rest.Length >= length)
            {
                var record = rest.Slice(0, length);
                consumed = record.End;
                length = -1;
                return record;
            }

            if (read.IsCompleted)
            {
                EndedInsideRecord = length > 0 || !rest.IsEmpty;
                pipe.AdvanceTo(read.Buffer.End);
                return null;
            }

            pipe.AdvanceTo(rest.Start, rest.End);
        }
    }

    // Takes the digits and the line feed off the front; -1: they have not arrived whole.
    private long TryReadLength(ref ReadOnlySequence<byte> buffer)
    {
        if (buffer.PositionOf(LineFeed) is not { } end)
        {
            if (!buffer.IsEmpty) _ = ParseLength(buffer); // a page of text is refused before its first line ends
            return -1;
        }

        var digits = buffer.Slice(0, end);
        var value = ParseLength(digits);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return value;
    }

    private long ParseLength(ReadOnlySequence<byte> digits)
    {
        if (digits.Length is 0 or > LengthDigitsMax) throw NotALength(digits);
        var value = 0L;
        foreach (var part in digits)
        {
            foreach (var digit in part.Span)
            {
                if (digit is < (byte)'0' or > (byte)'9') throw NotALength(digits);
                value = (value * 10) + (digit - '0');
                if (value > recordBytesMax)
                    throw new RecordFormatException(
                        $"A record of {Encoding.ASCII.GetString(digits)} bytes was announced; the limit is "
                        + $"{recordBytesMax}.");
            }
        }

        return value;
    }

    private static RecordFormatException NotALength(ReadOnlySequence<byte> found)
    {
        var start = found.Slice(0, Math.Min(found.Length, 32)).ToArray();
        return new($"The length of a record must be decimal digits and a line feed; the stream has "
            + $"'{Encoding.ASCII.GetString(start)}'.");
    }
}
