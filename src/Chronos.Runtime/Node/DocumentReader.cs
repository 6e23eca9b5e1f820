using System.Text;
using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Runtime.Ports;
using NodaTime;

namespace Chronos.Runtime.Node;

/// <summary>Understands stored documents; the reverse of <see cref="DocumentCodec"/>. Any thread may use it.</summary>
/// <param name="defaultZone">The zone of schedules that name none.</param>
internal sealed class DocumentReader(DateTimeZone defaultZone)
{
    private readonly JobReadOptions options =
        new() { Dialect = JobDialect.Stored, DefaultZone = defaultZone, Interner = new() };

    /// <summary>Reads a document.</summary>
    /// <returns>A <see cref="Job"/>, a <see cref="JobState"/>, or the JSON text of a setting.</returns>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FormatException">It does not say what a document of its kind says.</exception>
    /// <exception cref="InvalidOperationException">A part has another type than it should.</exception>
    public object Read(DocumentKind kind, ReadOnlyMemory<byte> json)
    {
        if (kind is DocumentKind.Meta) return Encoding.UTF8.GetString(json.Span);
        using var document = JsonDocument.Parse(json);
        return Read(kind, document.RootElement);
    }

    /// <inheritdoc cref="Read(DocumentKind, ReadOnlyMemory{byte})"/>
    public object Read(DocumentKind kind, JsonElement json) => kind switch
    {
        DocumentKind.Definition => ReadDefinition(json),
        DocumentKind.State => JobStateJson.Read(json),
        _ => json.GetRawText(),
    };

    private Job ReadDefinition(JsonElement json)
    {
        var result = JobReader.Read(json, options);
        return result.Job ?? throw new FormatException(string.Join(" ", result.Violations));
    }
}
