using Chronos.Runtime.Ports;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Finds where the last lines of an output begin, reading backwards from its end.</summary>
internal sealed class LogTail(Func<long, int, Task<LogPart?>> read)
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>The offset of the first of so many last lines. Output that was dropped ends the search: what follows it
    /// are all the lines there are.</summary>
    public async Task<long> StartOfAsync(long lines)
    {
        if (await read(-1, 1) is not { Bytes.Length: > 0 } last) return 0;
        var end = last.Offset + last.Bytes.Length;
        if (lines == 0) return end;
        if (await BeforeAsync(end) is not { } part) return end;
        // The line break at the very end ends the last line and begins none.
        var left = part.Bytes.Length > 0 && part.Bytes.Span[^1] == '\n' ? lines + 1 : lines;
        while (true)
        {
            if (Scan(part.Bytes.Span, ref left) is { } index) return part.Offset + index;
            if (part.Offset == 0) return 0;
            if (await BeforeAsync(part.Offset) is not { } before) return part.Offset;
            part = before;
        }
    }

    /// <summary>Goes backwards to the line break before the wanted lines; null: it lies further ahead.</summary>
    private static int? Scan(ReadOnlySpan<byte> bytes, ref long left)
    {
        while (bytes.LastIndexOf((byte)'\n') is >= 0 and var at)
        {
            if (--left == 0) return at + 1;
            bytes = bytes[..at];
        }

        return null;
    }

    /// <summary>The part that ends where another begins; null: nothing does, for output was dropped there.</summary>
    private async Task<LogPart?> BeforeAsync(long end)
    {
        var from = Math.Max(0, end - ChunkBytes);
        LogPart? last = null;
        while (from < end && await read(from, (int)(end - from)) is { Bytes.Length: > 0 } part && part.Offset < end)
        {
            // A gap inside: what lies before it does not belong to the same lines.
            last = last is { } known && known.Offset + known.Bytes.Length == part.Offset ? Joined(known, part) : part;
            from = part.Offset + part.Bytes.Length;
        }

        return last is { } found && found.Offset + found.Bytes.Length == end ? found : null;
    }

    private static LogPart Joined(LogPart left, LogPart right) =>
        left with { Bytes = (byte[])[.. left.Bytes.Span, .. right.Bytes.Span], Size = right.Size };
}
