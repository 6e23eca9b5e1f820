using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Chronos.Core.Runs;
using NodaTime;

namespace Chronos.Storage.History;

/// <summary>Where a run is in the order of listings: nominal time in ticks since 1970, then id.</summary>
internal readonly record struct RunKey(long Ticks, RunId Id) : IComparable<RunKey>
{
    public const long TicksPerMillisecond = 10_000;
    private const int MillisecondBits = 48;
    private const int HashBits = 80;
    private const int CursorBytes = sizeof(long) + 16;
    private const char CursorMark = 'r';

    /// <summary>The key of a run. A run is found by the milliseconds in its id, so they must be its nominal time's.
    /// </summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static RunKey Of(Run run)
    {
        var key = new RunKey(run.Nominal.ToUnixTimeTicks(), run.Id);
        var milliseconds = unchecked((ulong)run.Nominal.ToUnixTimeMilliseconds()) & ((1UL << MillisecondBits) - 1);
        return run.Id.Value >> HashBits == milliseconds
            ? key
            : throw new ArgumentException(
                $"Run {run.Id} has the nominal time {run.Nominal}, which its id contradicts.");
    }

    /// <summary>The first tick of each millisecond that <paramref name="id"/> may mean: after 1970, and before.
    /// </summary>
    public static (long After, long Before) TicksOf(RunId id)
    {
        var milliseconds = (long)(ulong)(id.Value >> HashBits);
        return (milliseconds * TicksPerMillisecond, (milliseconds - (1L << MillisecondBits)) * TicksPerMillisecond);
    }

    /// <summary>The first tick at or after <paramref name="instant"/>.</summary>
    public static long TicksFrom(Instant instant)
    {
        var ticks = instant.ToUnixTimeTicks();
        return Instant.FromUnixTimeTicks(ticks) == instant ? ticks : ticks + 1;
    }

    public int CompareTo(RunKey other) =>
        Ticks != other.Ticks ? Ticks.CompareTo(other.Ticks) : Id.CompareTo(other.Id);

    /// <summary>The key as text for clients, who should not read anything into it.</summary>
    public string ToCursor()
    {
        Span<byte> bytes = stackalloc byte[CursorBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Ticks);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[sizeof(long)..], Id.Value);
        return CursorMark + Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads what <see cref="ToCursor"/> wrote.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static RunKey FromCursor(string cursor)
    {
        Span<byte> bytes = stackalloc byte[CursorBytes];
        if (!TryDecode(cursor, CursorMark, bytes)) throw WrongCursor(cursor);
        return new(
            BinaryPrimitives.ReadInt64BigEndian(bytes),
            new(BinaryPrimitives.ReadUInt128BigEndian(bytes[sizeof(long)..])));
    }

    /// <summary>Decodes a cursor of a kind into exactly the bytes it must have.</summary>
    public static bool TryDecode(string cursor, char mark, Span<byte> bytes) =>
        cursor.Length == 1 + Base64Url.GetEncodedLength(bytes.Length)
        && cursor[0] == mark
        && Base64Url.IsValid(cursor.AsSpan(1))
        && Base64Url.TryDecodeFromUtf8(Encoding.UTF8.GetBytes(cursor[1..]), bytes, out var written)
        && written == bytes.Length;

    public static ArgumentException WrongCursor(string cursor) => new(
        $"The page cursor '{cursor}' is none that this listing gave out. Begin at the first page.");
}
