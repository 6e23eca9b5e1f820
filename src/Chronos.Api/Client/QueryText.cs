using System.Globalization;
using System.Text;

namespace Chronos.Api;

/// <summary>Builds the part of an address after the question mark; what is null is left out.</summary>
internal sealed class QueryText(string path)
{
    private readonly StringBuilder text = new(path);
    private char separator = '?';

    public QueryText Add(string key, string? value)
    {
        if (value is null) return this;
        text.Append(separator).Append(key).Append('=').Append(Uri.EscapeDataString(value));
        separator = '&';
        return this;
    }

    public QueryText Add(string key, long? value) => Add(key, value?.ToString(CultureInfo.InvariantCulture));

    public QueryText Add(string key, bool? value) => Add(key, value is { } set ? set ? "true" : "false" : null);

    public QueryText Add(string key, DateTimeOffset? value) =>
        Add(key, value is { } at ? UtcInstantConverter.ToText(at) : null);

    public QueryText AddAll(string key, IEnumerable<string> values)
    {
        foreach (var value in values) Add(key, value);
        return this;
    }

    public override string ToString() => text.ToString();
}
