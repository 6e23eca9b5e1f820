using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chronos.Core.Jobs;

namespace Chronos.JobFiles;

/// <summary>Reads jobs from JSON: one, or an array. Comments and trailing commas are let pass.</summary>
public static class JsonJobs
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private static readonly JsonReaderOptions LenientReading = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads a text.</summary>
    public static JobFileContent Read(string file, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            var root = JsonNode.Parse(bytes, documentOptions: Lenient);
            var items = root is JsonArray array ? [.. array] : new List<JsonNode?> { root };
            var places = Places(bytes, depthOfJobs: root is JsonArray ? 1 : 0);
            var jobs = new List<JobDefinition>();
            var errors = new List<string>();
            for (var i = 0; i < items.Count; i++)
            {
                if (items[i] is JsonObject job)
                    jobs.Add(new(file, places[i].Line, ServerOwned.Strip(Detached(job)), places[i].Fields));
                else
                    errors.Add($"{file}: Item {i + 1} is no job; a job is an object with name and command.");
            }
            return new(jobs, errors);
        }
        catch (Exception e) when (e is JsonException or ArgumentException) // or a field that is there twice
        {
            return JsonFault.Find(bytes, LenientReading) is { } fault
                ? new([], [$"{file}:{fault.Line}: Column {fault.Column}: {fault.Reason}"])
                : new([], [$"{file}: It is nested too deep to be a job."]);
        }
    }

    private static JsonObject Detached(JsonObject job) => (JsonObject)job.DeepClone();

    /// <summary>Lines of the values at a depth, and of their fields.</summary>
    private static List<(int Line, Dictionary<string, int> Fields)> Places(byte[] json, int depthOfJobs)
    {
        var places = new List<(int Line, Dictionary<string, int> Fields)>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        });
        var line = 1;
        var counted = 0;
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            line += json.AsSpan(counted, start - counted).Count((byte)'\n');
            counted = start;
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depthOfJobs + 1)
                places[^1].Fields[reader.GetString() ?? ""] = line;
            else if (reader.CurrentDepth == depthOfJobs && IsValue(reader.TokenType))
                places.Add((line, new(StringComparer.Ordinal)));
        }
        return places;
    }

    private static bool IsValue(JsonTokenType type) =>
        type is not (JsonTokenType.EndObject or JsonTokenType.EndArray or JsonTokenType.PropertyName);
}
