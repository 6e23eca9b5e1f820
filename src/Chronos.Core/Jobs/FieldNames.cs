using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Chronos.Core.Jobs;

/// <summary>The names that an object may use. Finds the known name of a property without making a string.</summary>
internal sealed class FieldNames
{
    private const int NameLengthMax = 64;
    private readonly FrozenDictionary<string, string> names;
    private readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> bySpan;

    public FieldNames(params IEnumerable<string> known)
    {
        names = known.ToFrozenDictionary(name => name, name => name, StringComparer.Ordinal);
        bySpan = names.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The known name of a property; null: it has none.</summary>
    public string? Find(JsonProperty property)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        if (raw.Length > NameLengthMax) return null;
        if (raw.Contains((byte)'\\')) return names.GetValueOrDefault(TextOf(property));

        Span<char> name = stackalloc char[NameLengthMax];
        var length = Encoding.UTF8.GetChars(raw, name);
        return bySpan.TryGetValue(name[..length], out var known) ? known : null;
    }

    /// <summary>As <see cref="Find"/>, letter case aside: how Go matches names.</summary>
    public string? FindAnyCase(JsonProperty property)
    {
        var text = TextOf(property);
        foreach (var name in names.Keys)
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase)) return name;
        return null;
    }

    public bool Knows(string name) => names.ContainsKey(name);

    /// <summary>The known name that differs least from an unknown one; null: none is near.</summary>
    public string? Nearest(string unknown) => NearestName.Find(unknown, names.Keys);

    /// <summary>The name of a property; its raw form where it is not valid Unicode.</summary>
    public static string TextOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException) // an escaped half of a surrogate pair
        {
            return Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(property));
        }
    }
}
