using System.Globalization;
using System.Text;

namespace Chronos.Storage.KeyValues;

/// <summary>Where the parts of something large are.</summary>
/// <param name="Generation">Begins the names of its parts; unique.</param>
/// <param name="Count">How many parts.</param>
/// <param name="Bytes">Bytes of all together.</param>
internal sealed record PartsReference(string Generation, int Count, long Bytes)
{
    // JSON never begins like this, so it cannot be mistaken for a document.
    private const string Mark = "#parts ";

    public string NameOf(int part) => string.Create(CultureInfo.InvariantCulture, $"{Generation}-{part:d5}");

    public IEnumerable<string> Names => Enumerable.Range(0, Count).Select(NameOf);

    /// <summary>What stands in the place of a document whose parts these are.</summary>
    public byte[] ToValue() =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Mark}{Generation} {Count} {Bytes}"));

    /// <summary>Whether a value stands for parts.</summary>
    public static bool IsReference(ReadOnlySpan<byte> value) => value.Length > 0 && value[0] == (byte)'#';

    /// <summary>Reads what <see cref="ToValue"/> wrote.</summary>
    /// <exception cref="FormatException">It is no reference.</exception>
    public static PartsReference Parse(ReadOnlySpan<byte> value)
    {
        var text = Encoding.UTF8.GetString(value);
        return text.StartsWith(Mark, StringComparison.Ordinal) && text[Mark.Length..].Split(' ') is [var generation,
            var count, var bytes]
            ? new(generation, int.Parse(count, CultureInfo.InvariantCulture),
                long.Parse(bytes, CultureInfo.InvariantCulture))
            : throw new FormatException("It is neither JSON nor a reference to parts.");
    }
}
