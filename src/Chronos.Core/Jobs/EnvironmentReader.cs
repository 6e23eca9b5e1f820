using System.Text.Json;

namespace Chronos.Core.Jobs;

/// <summary>Reads environment variables and secrets: a list of <c>{"name","value"}</c>, or an object. The value of a
/// secret never gets into a message.</summary>
internal sealed class EnvironmentReader(JsonFields fields, string field, bool secret)
{
    private readonly List<EnvironmentVariable> variables = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    private JobReading Reading => fields.Reading;

    public ValueList<EnvironmentVariable> Read()
    {
        if (fields.Element(field) is not { } value) return [];
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                ReadPairs(value);
                break;
            case JsonValueKind.Object:
                ReadMap(value);
                break;
            default:
                Reading.Log.Refuse(fields.At(field), (string?)null, "This must be a list or an object.",
                    "Write [{\"name\": \"A\", \"value\": \"1\"}] or {\"A\": \"1\"}.");
                break;
        }

        return variables.ToValueList();
    }

    private void ReadPairs(JsonElement array)
    {
        if (fields.IsTooLong(field, array.GetArrayLength())) return;
        var index = 0;
        foreach (var element in array.EnumerateArray())
        {
            var path = $"{fields.At(field)}[{index++}]";
            if (JsonFields.Open(element, path, JobFieldNames.Pair, Reading) is not { } pair) continue;
            var name = pair.RequiredText("name", "Name the variable.");
            Add(name, pair.At("name"), pair.Element("value"), pair.At("value"));
        }
    }

    private void ReadMap(JsonElement map)
    {
        if (fields.IsTooLong(field, map.GetPropertyCount())) return;
        foreach (var property in map.EnumerateObject())
        {
            var name = FieldNames.TextOf(property);
            var path = ReadLog.Cut($"{fields.At(field)}.{name}");
            if (name.Length == 0)
                Reading.Log.Refuse(path, name, "A variable needs a name.", "Name the variable.");
            var value = property.Value.ValueKind == JsonValueKind.Null ? (JsonElement?)null : property.Value;
            Add(name, path, value, path);
        }
    }

    private void Add(string name, string namePath, JsonElement? value, string valuePath)
    {
        if (name.AsSpan().IndexOfAny('=', '\0') >= 0)
            Reading.Log.Refuse(namePath, name, "The name of a variable must not contain '='.", "Rename the variable.");
        var text = secret ? SecretText(name, value, valuePath) : PlainText(value, valuePath);
        if (name.Length == 0 || text is null) return;
        if (names.Add(name)) variables.Add(new(name, text));
        else RefuseDuplicate(name, namePath);
    }

    private string? PlainText(JsonElement? value, string path)
    {
        if (value is { } element) return Reading.Values.Text(element, path, Reading.Limits.TextLengthMax);
        Reading.Log.Refuse(path, (string?)null, "A variable needs a value.", "Write \"\" for an empty one.");
        return null;
    }

    /// <summary>An absent or masked value stands for the stored one.</summary>
    private string? SecretText(string name, JsonElement? value, string path)
    {
        var text = "";
        if (value is { } element && !JsonValues.TryGetText(element, out text))
        {
            Reading.Log.Refuse(path, (string?)null, "The value of a secret must be text.",
                "Write it in double quotes.");
            return null;
        }

        if (value is not null && text != JobWriter.Mask) return CheckSecret(text, path);
        foreach (var stored in Reading.Options.Existing?.Task.Secrets ?? [])
            if (stored.Name == name) return stored.Value;
        Reading.Log.Refuse(path, (string?)null, "The job has no secret of this name whose value could be kept.",
            "Give the secret's value.");
        return null;
    }

    private string? CheckSecret(string text, string path)
    {
        if (text.Length <= Reading.Limits.TextLengthMax && !text.Contains('\0')) return text;
        Reading.Log.Refuse(path, (string?)null,
            $"A secret has at most {Reading.Limits.TextLengthMax} characters and no U+0000.", "Change the secret.");
        return null;
    }

    private void RefuseDuplicate(string name, string path)
    {
        if (Reading.IsChronos)
            Reading.Log.Warn(path, $"The variable '{name}' is given more than once; the first one counts.");
        else
            Reading.Log.Refuse(path, name, "A variable is given more than once.", "Remove all but one.");
    }
}
