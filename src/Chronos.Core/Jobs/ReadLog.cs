using System.Text;
using System.Text.Json;
using System.Runtime.InteropServices;

namespace Chronos.Core.Jobs;

/// <summary>Collects what is wrong with an input, so that its author learns everything at once.</summary>
internal sealed class ReadLog
{
    private const int CountMax = 100;
    private const int ValueLengthMax = 200;

    private List<Violation>? violations;
    private List<JobWarning>? warnings;

    public ValueList<Violation> Violations => violations?.ToValueList() ?? [];

    public ValueList<JobWarning> Warnings => warnings?.ToValueList() ?? [];

    public bool IsClean => violations is null;

    /// <summary>Whether the field, or a part of it, has been refused.</summary>
    public bool HasRefused(string field) => violations is not null && violations.Exists(violation =>
        violation.Field.StartsWith(field, StringComparison.Ordinal)
        && (violation.Field.Length == field.Length || violation.Field[field.Length] is '.' or '['));

    public void Refuse(string field, string? value, string rule, string remedy) =>
        Add(new(field, value is null ? null : Cut(value), rule, remedy));

    public void Refuse(string field, JsonElement value, string rule, string remedy) =>
        Add(new(field, Show(value), rule, remedy));

    public void Add(Violation violation)
    {
        violations ??= [];
        if (violations.Count < CountMax) violations.Add(violation);
    }

    public void Warn(string field, string message)
    {
        warnings ??= [];
        if (warnings.Count < CountMax) warnings.Add(new(field, message));
    }

    /// <summary>The text, cut so that an answer stays readable.</summary>
    public static string Cut(string text)
    {
        if (text.Length <= ValueLengthMax) return text;
        var end = char.IsHighSurrogate(text[ValueLengthMax - 1]) ? ValueLengthMax - 1 : ValueLengthMax;
        return text[..end];
    }

    private static string Show(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && JsonValues.TryGetText(value, out var text)) return Cut(text);
        var raw = JsonMarshal.GetRawUtf8Value(value);
        return Cut(Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, ValueLengthMax * 4)]));
    }
}
