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
    public string? Nearest(string unknown)
    {
        if (unknown.Length > NameLengthMax) return null;
        var distanceMax = Math.Clamp(unknown.Length / 3, 1, 3);
        return names.Keys
            .Select(name => (Name: name, Distance: Distance(unknown, name)))
            .Where(candidate => candidate.Distance <= distanceMax)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name)
            .FirstOrDefault();
    }

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

    /// <summary>How many letters are wrong, missing, extra or swapped with a neighbour; letter case aside.</summary>
    private static int Distance(string left, string right)
    {
        var beforeLast = new int[right.Length + 1];
        var last = new int[right.Length + 1];
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) last[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (Same(i, j) ? 0 : 1));
                if (i > 1 && j > 1 && Same(i, j - 1) && Same(i - 1, j))
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[right.Length];

        bool Same(int i, int j) => char.ToUpperInvariant(left[i - 1]) == char.ToUpperInvariant(right[j - 1]);
    }
}
