using System.Text;
using System.Text.Json;

namespace Chronos.Core.Jobs;

/// <summary>Where and why a text is not the JSON that it should be, in words that need no knowledge of the parser.
/// </summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">Character in the line, from 1.</param>
/// <param name="Reason">What is wrong and what to do, as sentences.</param>
public sealed record JsonFault(int Line, int Column, string Reason)
{
    private const int NameLengthShown = 100;

    /// <summary>Finds the first fault, fields that are given twice included; null: there is none.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="options">What is allowed beyond strict JSON.</param>
    public static JsonFault? Find(ReadOnlySpan<byte> json, JsonReaderOptions options = default)
    {
        var reader = new Utf8JsonReader(json, options);
        var names = new Stack<HashSet<string>>();
        try
        {
            while (reader.Read())
                if (reader.TokenType == JsonTokenType.StartObject) names.Push(new(StringComparer.Ordinal));
                else if (reader.TokenType == JsonTokenType.EndObject) names.Pop();
                else if (reader.TokenType == JsonTokenType.PropertyName
                    && reader.GetString() is { } name && !names.Peek().Add(name))
                    return At(json, (int)reader.TokenStartIndex, $"The field '{Cut(name)}' is given more than once in "
                        + "this object. Remove all but one.");
            return null;
        }
        catch (JsonException e)
        {
            var offset = OffsetOf(json, (int)(e.LineNumber ?? 0), (int)(e.BytePositionInLine ?? 0));
            return At(json, offset, Explain(json, offset, reader.TokenType, reader.CurrentDepth));
        }
        catch (InvalidOperationException)
        {
            return At(json, (int)reader.TokenStartIndex, "A text has bytes that are not UTF-8, or half a character. "
                + "Save it as UTF-8.");
        }
    }

    /// <summary>The fault as one line.</summary>
    public override string ToString() => $"Line {Line}, column {Column}: {Reason}";

    private static string Explain(ReadOnlySpan<byte> json, int offset, JsonTokenType last, int depth)
    {
        if (json.Trim(" \t\r\n"u8).IsEmpty) return "There is nothing. Send a JSON value.";
        if (offset >= json.Length)
            return depth > 0
                ? "It ends too early: an object, array or text is not closed."
                : "It ends too early: a text or value is not complete.";
        var found = Character(json[offset..]);
        if (depth == 0 && last is JsonTokenType.EndObject or JsonTokenType.EndArray)
            return $"There is {found} after the end of the value. Remove what follows the end.";
        return (char)json[offset] switch
        {
            '}' or ']' when Before(json, offset) == ',' => $"There is a comma before {found}. Remove the comma.",
            '\'' => "Texts and names are in double quotes.",
            '/' or '#' => "Comments are no part of JSON. Remove it.",
            < ' ' => $"A text holds {found}, which must be escaped, such as \\n.",
            _ => $"{found} is not expected here. Perhaps a comma, colon, bracket or quotation mark is missing or too "
                + "much.",
        };
    }

    private static char Before(ReadOnlySpan<byte> json, int offset)
    {
        var rest = json[..offset].TrimEnd(" \t\r\n"u8);
        return rest.IsEmpty ? '\0' : (char)rest[^1];
    }

    private static string Character(ReadOnlySpan<byte> json)
    {
        if (Rune.DecodeFromUtf8(json, out var rune, out _) != System.Buffers.OperationStatus.Done)
            return "a byte that is not UTF-8";
        return Rune.IsControl(rune) ? $"the control character U+{rune.Value:X4}" : $"'{rune}'";
    }

    private static int OffsetOf(ReadOnlySpan<byte> json, int line, int byteInLine)
    {
        var offset = 0;
        for (var i = 0; i < line && json[offset..].IndexOf((byte)'\n') is >= 0 and var next; i++) offset += next + 1;
        return Math.Min(offset + byteInLine, json.Length);
    }

    private static JsonFault At(ReadOnlySpan<byte> json, int offset, string reason)
    {
        var before = json[..Math.Min(offset, json.Length)];
        var line = before.Count((byte)'\n') + 1;
        var inLine = before[(before.LastIndexOf((byte)'\n') + 1)..];
        return new(line, Encoding.UTF8.GetCharCount(inLine) + 1, reason);
    }

    private static string Cut(string name) => name.Length <= NameLengthShown ? name : name[..NameLengthShown] + "…";
}
