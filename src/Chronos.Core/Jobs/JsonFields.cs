using System.Collections.Frozen;
using System.Text.Json;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>The fields of one JSON object. A field that is null counts as absent; one that does not fit is logged and
/// counts as absent, so that reading goes on to find further faults.</summary>
internal sealed class JsonFields
{
    // A job has a handful of fields, and a million jobs are read at start: a short array beats a dictionary.
    private Field[] present = new Field[4];
    private int count;
    private List<string>? duplicates;

    private JsonFields(string path, JobReading reading)
    {
        Path = path;
        Reading = reading;
    }

    /// <summary>Where the object is; empty: at the root.</summary>
    public string Path { get; }

    /// <summary>The reading that this is part of.</summary>
    public JobReading Reading { get; }

    private JsonValues Values => Reading.Values;

    /// <summary>The fields of <paramref name="element"/>; null, and logged, where it is no object.</summary>
    public static JsonFields? Open(
        JsonElement element, string path, FieldNames names, JobReading reading, bool anyCase = false)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            reading.Log.Refuse(path, element, "This must be a JSON object.", "Write it in braces: {\"name\": …}.");
            return null;
        }

        var fields = new JsonFields(path, reading);
        foreach (var property in element.EnumerateObject())
        {
            var name = anyCase ? names.FindAnyCase(property) : names.Find(property);
            if (name is null) reading.HandleUnknown(fields.At(FieldNames.TextOf(property)), property, names);
            else if (fields.IndexOf(name) >= 0) fields.RefuseDuplicate(name);
            else fields.Add(new(name, property.Value));
        }

        return fields;
    }

    /// <summary>The path of a field of this object.</summary>
    public string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) =>
        IndexOf(name) is >= 0 and var index && present[index].Value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether any of the fields is there.</summary>
    public bool HasAny(FrozenSet<string> names)
    {
        foreach (var field in present.AsSpan(0, count))
            if (field.Value.ValueKind != JsonValueKind.Null && names.Contains(field.Name)) return true;
        return false;
    }

    public JsonElement? Element(string name) => Has(name) ? present[IndexOf(name)].Value : null;

    public string? TextOrNull(string name, int? lengthMax = null) => Element(name) is { } value
        ? Values.Text(value, At(name), lengthMax ?? Reading.Limits.TextLengthMax)
        : null;

    public string Text(string name) => TextOrNull(name) ?? "";

    /// <summary>A text that must be there and not be empty; the empty text where it is not.</summary>
    public string RequiredText(string name, string remedy)
    {
        var text = TextOrNull(name);
        if (!string.IsNullOrEmpty(text)) return text;
        if (!Reading.Log.HasRefused(At(name)))
            Reading.Log.Refuse(At(name), text, $"'{name}' is required.", remedy);
        return "";
    }

    public bool? FlagOrNull(string name) => Element(name) is { } value ? Values.Flag(value, At(name)) : null;

    public bool Flag(string name, bool absent = false) => FlagOrNull(name) ?? absent;

    public int? Whole(string name, int min, int max) =>
        Element(name) is { } value ? Values.Whole(value, At(name), min, max) : null;

    public double? Number(string name, double min, double max) =>
        Element(name) is { } value ? Values.Number(value, At(name), min, max) : null;

    public T? Word<T>(string name, WordTable<T> words)
        where T : struct, Enum => Element(name) is { } value ? Values.Word(value, At(name), words) : null;

    public Duration? Length(string name, Duration min, Duration max) =>
        Element(name) is { } value ? Values.Length(value, At(name), min, max) : null;

    public Instant? Moment(string name) => Element(name) is { } value ? Values.Moment(value, At(name)) : null;

    public JsonFields? Object(string name, FieldNames names) =>
        Element(name) is { } value ? Open(value, At(name), names, Reading) : null;

    /// <summary>The items of an array; those that do not fit are logged and left out.</summary>
    public ValueList<T> List<T>(string name, Func<JsonElement, string, T?> read)
        where T : class
    {
        if (Element(name) is not { } array) return [];
        if (array.ValueKind != JsonValueKind.Array)
        {
            Reading.Log.Refuse(At(name), array, "This must be a JSON array.", "Write it in brackets: [ … ].");
            return [];
        }

        if (IsTooLong(name, array.GetArrayLength())) return [];
        var items = new List<T>(array.GetArrayLength());
        var index = 0;
        foreach (var element in array.EnumerateArray())
            if (read(element, $"{At(name)}[{index++}]") is { } item) items.Add(item);
        return items.ToValueList();
    }

    public ValueList<T> Words<T>(string name, WordTable<T> words)
        where T : struct, Enum =>
        List(name, (element, path) => (object?)Values.Word(element, path, words)).Select(item => (T)item).ToValueList();

    public ValueList<string> Texts(string name, int? lengthMax = null) => List(
        name, (element, path) => Values.Text(element, path, lengthMax ?? Reading.Limits.TextLengthMax));

    /// <summary>Whether a list has more items than allowed, which is logged.</summary>
    public bool IsTooLong(string name, int count)
    {
        if (count <= Reading.Limits.ListItemsMax) return false;
        Reading.Log.Refuse(At(name), (string?)null,
            $"This has {count} items, at most {Reading.Limits.ListItemsMax} are allowed.", "Shorten the list.");
        return true;
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < count; i++)
            if (present[i].Name == name) return i;
        return -1;
    }

    private void Add(Field field)
    {
        if (count == present.Length) Array.Resize(ref present, 2 * count);
        present[count++] = field;
    }

    private void RefuseDuplicate(string name)
    {
        duplicates ??= [];
        if (duplicates.Contains(name)) return;
        duplicates.Add(name);
        Reading.Log.Refuse(At(name), (string?)null, $"The field '{name}' is given more than once.",
            "Remove all but one.");
    }

    private readonly record struct Field(string Name, JsonElement Value);
}
