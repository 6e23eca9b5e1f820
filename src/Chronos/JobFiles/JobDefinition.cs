using System.Text.Json.Nodes;

namespace Chronos.JobFiles;

/// <summary>A job definition from a file.</summary>
/// <param name="File">Path of the file; <c>-</c>: standard input.</param>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Json">The definition.</param>
/// <param name="FieldLines">Lines of its fields.</param>
public sealed record JobDefinition(string File, int Line, JsonObject Json, IReadOnlyDictionary<string, int> FieldLines)
{
    /// <summary>The job's name; empty: it has none.</summary>
    public string Name => Json["name"] is JsonValue value && value.TryGetValue(out string? name) ? name : "";

    /// <summary>File and line of a field, or of the job where the field has none.</summary>
    public string LocationOf(string field) => $"{File}:{FieldLines.GetValueOrDefault(field, Line)}";
}

/// <summary>What files hold, and everything in them that is wrong.</summary>
public sealed record JobFileContent(IReadOnlyList<JobDefinition> Jobs, IReadOnlyList<string> Errors);
