using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Chronos.Server.Problems;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Where a page ended, as an opaque text: a JSON array of texts in base 64.</summary>
internal static class Cursor
{
    private const int LengthMax = 4096;

    public static string Of(params string[] parts) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(parts));

    /// <summary>The parts.</summary>
    /// <exception cref="ProblemException">It is none of ours, or of another listing.</exception>
    public static string[] Read(string text, string kind, int count)
    {
        if (text.Length <= LengthMax && Base64Url.IsValid(text) && Parse(text) is { } parts
            && parts.Length == count && parts[0] == kind) return parts;
        throw Bad(text);
    }

    public static ProblemException Bad(string text) => new(ProblemFactory.Invalid(new Core.Jobs.Violation(
        "after",
        text.Length > 200 ? text[..200] : text,
        "It must be the 'next' of an earlier page of the same listing.",
        "Leave it out to begin with the first page.")));

    private static string[]? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)));
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}
