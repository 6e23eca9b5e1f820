using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.KeyValues;

/// <summary>The changes of a unit as one JSON text, for a unit that does not fit into one transaction.</summary>
internal static class StagedChanges
{
    // Documents are full of quotes, each of which would take six bytes otherwise.
    private static readonly JsonWriterOptions Short = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(IReadOnlyList<DocumentChange> changes)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Short))
        {
            writer.WriteStartArray();
            foreach (var change in changes)
            {
                writer.WriteStartObject();
                writer.WriteString("kind", change.Key.Kind.ToString());
                writer.WriteString("name", change.Key.Name);
                // As text and not as an object, so that it comes back byte for byte.
                if (change.Json is { } json) writer.WriteString("json", json.Span);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return buffer.ToArray();
    }

    /// <exception cref="FormatException">The text is damaged.</exception>
    public static IReadOnlyList<DocumentChange> Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return [.. document.RootElement.EnumerateArray().Select(Read)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or ArgumentException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    private static DocumentChange Read(JsonElement change) => new(
        new(Enum.Parse<DocumentKind>(change.GetProperty("kind").GetString() ?? ""),
            change.GetProperty("name").GetString() ?? ""),
        // Written out: an array that is null would become a text that is empty.
        change.TryGetProperty("json", out var json)
            ? new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(json.GetString() ?? ""))
            : default(ReadOnlyMemory<byte>?));
}
