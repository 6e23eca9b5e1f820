using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Chronos.JobFiles;

/// <summary>Turns YAML into JSON by the core schema of YAML 1.2. A field that is text in a job stays text, whatever it
/// looks like; and yes, no, on and off, which are booleans to the YAML 1.1 of chronos-sync, are so in a boolean field.
/// </summary>
public static partial class YamlValues
{
    private static readonly HashSet<string> TextFields = new(StringComparer.Ordinal)
    {
        "name", "value", "key", "command", "description", "owner", "ownerName", "runAsUser", "schedule", "arguments",
        "scheduleTimeZone", "executorFlags", "workingDirectory", "image", "labels", "secrets", "parents", "engine",
    };

    private static readonly HashSet<string> BooleanFields = new(StringComparer.Ordinal)
    {
        "disabled", "shell", "async", "softError", "highPriority", "concurrent", "dataProcessingJobType", "executable",
        "cache", "extract", "forcePullImage",
    };

    /// <summary>The JSON of a node.</summary>
    public static JsonNode? ToJson(YamlNode node) => ToJson(node, "");

    private static JsonNode? ToJson(YamlNode node, string field) => node switch
    {
        YamlMappingNode map => ToObject(map, field),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(item => ToJson(item, field))]),
        YamlScalarNode scalar => ToValue(scalar, field),
        _ => throw new YamlException(node.Start, node.End, $"A {node.NodeType} is not expected."),
    };

    private static JsonObject ToObject(YamlMappingNode map, string field)
    {
        var json = new JsonObject();
        foreach (var (key, value) in map.Children)
        {
            var name = (key as YamlScalarNode)?.Value
                ?? throw new YamlException(key.Start, key.End, "A key must be text.");
            // The values of a map of labels or secrets are text, whatever their keys are.
            json[name] = ToJson(value, field is "labels" or "secrets" ? field : name);
        }
        return json;
    }

    private static JsonValue? ToValue(YamlScalarNode scalar, string field)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain) return JsonValue.Create(text);
        if (text is "" or "~" or "null" or "Null" or "NULL") return null;
        if (TextFields.Contains(field)) return JsonValue.Create(text);
        if (BooleanFields.Contains(field) && OldBoolean(text) is { } boolean) return JsonValue.Create(boolean);
        if (text is "true" or "True" or "TRUE") return JsonValue.Create(true);
        if (text is "false" or "False" or "FALSE") return JsonValue.Create(false);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);
        if (Number().IsMatch(text)) return JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture));
        return JsonValue.Create(text);
    }

    private static bool? OldBoolean(string text) => text.ToUpperInvariant() switch
    {
        "YES" or "ON" or "Y" => true,
        "NO" or "OFF" or "N" => false,
        _ => null,
    };

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex Number();
}
