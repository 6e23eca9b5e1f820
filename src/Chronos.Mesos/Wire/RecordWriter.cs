using System.Buffers;
using System.Buffers.Text;

namespace Chronos.Mesos.Wire;

/// <summary>Frames records as <see cref="RecordReader"/> reads them.</summary>
public static class RecordWriter
{
    private const int LengthDigitsMax = 20;

    /// <summary>Writes one record: length, line feed, payload.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(output);
        var header = output.GetSpan(LengthDigitsMax + 1);
        if (!Utf8Formatter.TryFormat(payload.Length, header, out var written))
            throw new InvalidOperationException($"No room for the length {payload.Length}.");
        header[written] = (byte)'\n';
        output.Advance(written + 1);
        output.Write(payload);
    }
}
