using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using Chronos.Core.Scheduling;

namespace Chronos.Storage.History;

/// <summary>Events as rows have them, and where a page of them ended.</summary>
internal static class EventWords
{
    private const char CursorMark = 'e';

    private static readonly string[] Words =
        [.. Enum.GetNames<JobEventKind>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>The word for a kind.</summary>
    public static string Of(JobEventKind kind) => Words[(int)kind];

    /// <summary>The kind of an event.</summary>
    /// <exception cref="FormatException">The word is unknown.</exception>
    public static JobEventKind KindOf(string id, string word)
    {
        var kind = Array.IndexOf(Words, word);
        return kind >= 0
            ? (JobEventKind)kind
            : throw new FormatException($"The event '{id}' has the unknown kind '{word}'.");
    }

    /// <summary>The number of an event as text for clients, who should not read anything into it.</summary>
    public static string ToCursor(long sequence)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, sequence);
        return CursorMark + Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads what <see cref="ToCursor"/> wrote.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static long FromCursor(string cursor)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        if (!RunKey.TryDecode(cursor, CursorMark, bytes)) throw RunKey.WrongCursor(cursor);
        return BinaryPrimitives.ReadInt64BigEndian(bytes);
    }
}
