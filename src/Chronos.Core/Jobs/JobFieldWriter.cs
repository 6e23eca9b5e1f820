using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Chronos.Core.Jobs;

/// <summary>Writes fields of a job: all of them, or only those that differ from their defaults.</summary>
internal readonly struct JobFieldWriter(Utf8JsonWriter json, bool all)
{
    public Utf8JsonWriter Json => json;

    /// <summary>Whether fields with default values are written.</summary>
    public bool All => all;

    public void Text(string name, string value)
    {
        if (all || value.Length > 0) json.WriteString(name, value);
    }

    public void Flag(string name, bool value, bool standard = false)
    {
        if (all || value != standard) json.WriteBoolean(name, value);
    }

    public void Whole(string name, int value, int standard)
    {
        if (all || value != standard) json.WriteNumber(name, value);
    }

    public void Whole(string name, int? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else WriteAbsent(name);
    }

    /// <summary>A number with a fraction, as Java prints it.</summary>
    public void Number(string name, double value, double standard)
    {
        if (!all && value.Equals(standard)) return;
        json.WritePropertyName(name);
        json.WriteRawValue(JavaNumberText.Of(value), skipInputValidation: true);
    }

    public void Word<T>(string name, T value, T standard, WordTable<T> words)
        where T : struct, Enum
    {
        if (all || !EqualityComparer<T>.Default.Equals(value, standard)) json.WriteString(name, words.Of(value));
    }

    public void Word<T>(string name, T? value, WordTable<T> words)
        where T : struct, Enum
    {
        if (value is { } word) json.WriteString(name, words.Of(word));
        else WriteAbsent(name);
    }

    public void Length(string name, Duration value, Duration standard)
    {
        if (all || value != standard) json.WriteString(name, DurationText.Format(value));
    }

    public void Length(string name, Duration? value)
    {
        if (value is { } length) json.WriteString(name, DurationText.Format(length));
        else WriteAbsent(name);
    }

    public void Moment(string name, Instant? value)
    {
        if (value is { } moment) json.WriteString(name, InstantPattern.ExtendedIso.Format(moment));
        else WriteAbsent(name);
    }

    public void List<T>(string name, ValueList<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (!all && items.IsEmpty) return;
        json.WriteStartArray(name);
        foreach (var item in items.AsSpan()) write(json, item);
        json.WriteEndArray();
    }

    public void Texts(string name, ValueList<string> items) =>
        List(name, items, static (json, item) => json.WriteStringValue(item));

    private void WriteAbsent(string name)
    {
        if (all) json.WriteNull(name);
    }
}
