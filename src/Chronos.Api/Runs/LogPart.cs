namespace Chronos.Api;

/// <summary>A part of an output.</summary>
/// <param name="Offset">First byte of the part, since the task began.</param>
/// <param name="Bytes">The bytes as the task wrote them.</param>
/// <param name="Next">Where to read on.</param>
/// <param name="Size">Bytes written so far.</param>
/// <param name="IsComplete">Whether nothing will follow <paramref name="Size"/>.</param>
public sealed record LogPart(long Offset, byte[] Bytes, long Next, long Size, bool IsComplete)
{
    /// <summary>How many bytes right before the part were dropped because the output was too large.</summary>
    public long Dropped { get; init; }
}

/// <summary>A part of an output as a server-sent event; the event's id is <paramref name="Next"/>.</summary>
/// <param name="Offset">First byte of the part.</param>
/// <param name="Next">Where the next part begins.</param>
/// <param name="Text">The part as text; bytes that are no UTF-8 become U+FFFD.</param>
public sealed record LogEvent(long Offset, long Next, string Text)
{
    /// <summary>How many bytes right before the part were dropped because the output was too large; null: none.
    /// </summary>
    public long? Dropped { get; init; }
}

/// <summary>The last event of an output.</summary>
/// <param name="Size">Bytes of the output.</param>
public sealed record LogEnd(long Size);

/// <summary>Which part of which output.</summary>
public sealed record LogQuery
{
    /// <summary>stdout or stderr.</summary>
    public string Stream { get; init; } = "stdout";

    /// <summary>From 1; null: the current or last one.</summary>
    public int? Attempt { get; init; }

    /// <summary>First byte; null: 0.</summary>
    public long? Offset { get; init; }

    /// <summary>At most this many bytes.</summary>
    public int? Limit { get; init; }

    /// <summary>Instead of an offset: this many lines before the end.</summary>
    public long? Tail { get; init; }
}
