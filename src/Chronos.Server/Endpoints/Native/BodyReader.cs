using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chronos.Api;
using Chronos.Core.Jobs;
using Chronos.Server.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Reads JSON bodies, and says exactly what is wrong with those that are not.</summary>
internal static class BodyReader
{
    private const string Json = "application/json";
    private const int FirstBufferMax = 1 << 20; // a length is only a promise
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The body as JSON.</summary>
    /// <exception cref="ProblemException">It has another content type, or is not JSON.</exception>
    public static async Task<JsonDocument> ReadJsonAsync(HttpContext http, string accepted = Json)
    {
        CheckContentType(http.Request, accepted);
        var body = await ReadAllAsync(http);
        try
        {
            return JsonDocument.Parse(body, Strict);
        }
        catch (JsonException)
        {
            var fault = JsonFault.Find(body.Span);
            throw new ProblemException(ProblemFactory.MalformedJson(fault?.ToString() ?? "It is nested too deep."));
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAllAsync(HttpContext http)
    {
        var length = Math.Clamp(http.Request.ContentLength ?? 0, 0, FirstBufferMax);
        using var body = new MemoryStream((int)length);
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        return bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }

    /// <summary>The body as a request.</summary>
    /// <exception cref="ProblemException">It cannot be read as one.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
    {
        using var json = await ReadJsonAsync(http);
        return Bind(json.RootElement, type);
    }

    /// <summary>The body as a request, or null where there is none.</summary>
    public static async Task<T?> ReadOptionalAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if (http.Request.ContentLength == 0) return null;
        if (http.Request is { ContentLength: null, ContentType: null } && !HasChunks(http.Request)) return null;
        return await ReadAsync(http, type);
    }

    private static bool HasChunks(HttpRequest request) => request.Headers.TransferEncoding.Count > 0;

    private static T Bind<T>(JsonElement json, JsonTypeInfo<T> type)
    {
        if (json.ValueKind != JsonValueKind.Object) throw Refuse("", json, "It must be a JSON object.", "Send one.");
        if (UnknownIn(json, type, "").ToList() is { Count: > 0 } unknown)
            throw new ProblemException(ProblemFactory.Invalid(unknown));
        try
        {
            return json.Deserialize(type) ?? throw Refuse("", json, "It must be a JSON object.", "Send one.");
        }
        catch (JsonException e)
        {
            var field = e.Path is { Length: > 2 } path ? path[2..] : "";
            throw Refuse(field, json, "The value has the wrong type.", "See /docs for the type of each field.");
        }
    }

    private static IEnumerable<RuleViolation> UnknownIn(JsonElement json, JsonTypeInfo type, string path)
    {
        var known = type.Properties.Select(p => p.Name).ToList();
        foreach (var field in json.EnumerateObject())
        {
            if (type.Properties.FirstOrDefault(p => p.Name == field.Name) is not { } property)
                yield return new(
                    path + field.Name, Cut(field.Value), "No such field is known.", Advice(field.Name, known));
            else if (field.Value.ValueKind == JsonValueKind.Object
                && type.Options.GetTypeInfo(property.PropertyType) is { Kind: JsonTypeInfoKind.Object } nested)
                foreach (var inner in UnknownIn(field.Value, nested, $"{path}{field.Name}.")) yield return inner;
        }
    }

    private static ProblemException Refuse(string field, JsonElement json, string rule, string remedy)
    {
        var value = json.ValueKind == JsonValueKind.Object && json.TryGetProperty(field, out var found)
            ? Cut(found)
            : null;
        return new(ProblemFactory.Invalid([new RuleViolation(field, value, rule, remedy)]));
    }

    private static string Advice(string name, List<string> known) =>
        NearestName.Find(name, known) is { } near
            ? $"Perhaps '{near}' is meant."
            : $"Known are: {string.Join(", ", known)}.";

    private static string Cut(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText();
        return text.Length <= 200 ? text : text[..200];
    }

    private static void CheckContentType(HttpRequest request, string accepted)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && (type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals(accepted, StringComparison.OrdinalIgnoreCase))) return;
        throw new ProblemException(ProblemFactory.UnsupportedMediaType(request.ContentType, accepted));
    }
}
