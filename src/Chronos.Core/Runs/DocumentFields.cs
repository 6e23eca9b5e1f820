using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Chronos.Core.Jobs;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Core.Runs;

/// <summary>What the codecs of stored documents share: instants, words for enums, and errors that name the field.
/// Documents are written twice per run and read a million times at start, so the common forms avoid the general
/// parsers and any allocation.</summary>
internal static class DocumentFields
{
    /// <summary>Length of <c>2026-11-21T03:00:00.1234567Z</c>; a longer one carries nanoseconds, which
    /// <see cref="DateTime"/> would cut off.</summary>
    private const int TickTextLengthMax = 28;

    private static readonly Instant DateTimeMin = Instant.FromUtc(1, 1, 1, 0, 0);

    public static void WriteInstant(this Utf8JsonWriter writer, JsonEncodedText name, Instant value)
    {
        // Utf8JsonWriter formats a UTC DateTime exactly as ExtendedIso does, three times as fast.
        if (value >= DateTimeMin && IsWholeTicks(value)) writer.WriteString(name, value.ToDateTimeUtc());
        else writer.WriteString(name, InstantPattern.ExtendedIso.Format(value));
    }

    public static void WriteOptional(this Utf8JsonWriter writer, JsonEncodedText name, Instant? value)
    {
        if (value is { } instant) writer.WriteInstant(name, instant);
    }

    public static void WriteOptional(this Utf8JsonWriter writer, JsonEncodedText name, long? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
    }

    public static void WriteOptional(this Utf8JsonWriter writer, JsonEncodedText name, string value)
    {
        if (value.Length > 0) writer.WriteString(name, value);
    }

    public static void WriteWord<T>(this Utf8JsonWriter writer, JsonEncodedText name, T value)
        where T : struct, Enum => writer.WriteString(name, Words<T>.Of(value));

    /// <summary>Refuses documents of a later format: reading them would lose what this version does not know.</summary>
    public static void CheckVersion(JsonElement value, int newest)
    {
        var version = Integer(value, "v");
        if (version < 1 || version > newest)
            throw new FormatException($"The document has format version {version}, and this version of Chronos reads 1 "
                + $"to {newest}. Run the version of Chronos that wrote it, or a later one.");
    }

    public static Instant ReadInstant(JsonElement value, string field)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            // The raw text counts the quotes.
            if (JsonMarshal.GetRawUtf8Value(value).Length <= TickTextLengthMax + 2
                && value.TryGetDateTime(out var utc) && utc.Kind == DateTimeKind.Utc)
                return Instant.FromDateTimeUtc(utc);
            if (InstantPattern.ExtendedIso.Parse(value.GetString() ?? "") is { Success: true } parsed)
                return parsed.Value;
        }

        throw Wrong(value, field, "an instant such as 2026-11-21T03:00:00Z");
    }

    public static string Text(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { } text
            ? text
            : throw Wrong(value, field, "a text");

    public static bool Flag(JsonElement value, string field) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(value, field, "true or false"),
    };

    public static long Long(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : throw Wrong(value, field, "a whole number");

    public static int Integer(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw Wrong(value, field, "a whole number of 32 bits");

    public static T Word<T>(JsonElement value, string field)
        where T : struct, Enum =>
        value.ValueKind == JsonValueKind.String
            && Words<T>.TryParse(JsonMarshal.GetRawUtf8Value(value)[1..^1], out var word)
            ? word
            : throw Wrong(value, field, $"one of {Words<T>.All}");

    public static RunId Id(JsonElement value, string field) =>
        RunId.TryParse(Text(value, field), out var id) ? id : throw Wrong(value, field, "the id of a run");

    public static ValueList<T> List<T>(JsonElement value, string field, Func<JsonElement, T> read)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(value, field, "a list");
        var items = new T[value.GetArrayLength()];
        var count = 0;
        foreach (var item in value.EnumerateArray()) items[count++] = read(item);
        return new(items);
    }

    public static JsonElement.ObjectEnumerator Fields(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw Wrong(value, field, "an object");

    public static T Required<T>(T? value, string field)
        where T : struct => value ?? throw Missing(field);

    public static T Required<T>(T? value, string field)
        where T : class => value ?? throw Missing(field);

    private static bool IsWholeTicks(Instant value) => value == Instant.FromUnixTimeTicks(value.ToUnixTimeTicks());

    private static FormatException Missing(string field) => new($"The document has no field '{field}'.");

    private static FormatException Wrong(JsonElement value, string field, string wanted) =>
        new($"The field '{field}' of the document is {value.GetRawText()}, not {wanted}.");
}

/// <summary>The words for the values of an enum in documents: its names in lower camel case.</summary>
internal static class Words<T>
    where T : struct, Enum
{
    private static readonly JsonEncodedText[] Texts =
        [.. Enum.GetNames<T>().Select(name => JsonEncodedText.Encode(JsonNamingPolicy.CamelCase.ConvertName(name)))];

    public static string All => string.Join(", ", Texts);

    /// <summary>The word; the enums of this project are numbered from 0 without gaps.</summary>
    public static JsonEncodedText Of(T value) => Texts[Unsafe.As<T, int>(ref value)];

    public static bool TryParse(ReadOnlySpan<byte> word, out T value)
    {
        for (var i = 0; i < Texts.Length; i++)
        {
            if (!word.SequenceEqual(Texts[i].EncodedUtf8Bytes)) continue;
            value = Unsafe.As<int, T>(ref i);
            return true;
        }

        value = default;
        return false;
    }
}
