using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using NodaTime;

namespace Chronos.Core.Runs;

/// <summary>Identifies a run: 26 characters of Crockford's base 32 that sort by nominal time, in the layout of a ULID
/// (48 bits of Unix milliseconds, then 80 bits). The 80 bits are not random but a hash of what caused the run, so that
/// deciding the same occurrence twice gives the same id and the second launch is recognised.</summary>
public readonly record struct RunId(UInt128 Value) : IComparable<RunId>
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;

    /// <summary>The id of the run of <paramref name="jobName"/> at <paramref name="nominal"/>.</summary>
    /// <param name="jobName">Name of the job.</param>
    /// <param name="incarnation">Tells a job from an earlier one of the same name.</param>
    /// <param name="nominal">The due time, or the time of the request for a run by hand.</param>
    /// <param name="cause">Empty for the schedule; else what tells apart several runs of one nominal time, such as an
    /// idempotency key.</param>
    public static RunId For(string jobName, long incarnation, Instant nominal, string cause)
    {
        var job = StableHash.Of(StableHash.Of(jobName), unchecked((ulong)incarnation));
        var low = StableHash.Of(job, StableHash.Of(cause));
        var high = StableHash.Of(low, job) & 0xFFFF;
        var milliseconds = (UInt128)unchecked((ulong)nominal.ToUnixTimeMilliseconds()) & 0xFFFF_FFFF_FFFF;
        return new((milliseconds << 80) | ((UInt128)high << 64) | low);
    }

    /// <summary>Reads the text form; lower case is accepted.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RunId id)
    {
        id = default;
        if (text is not { Length: Length }) return false;
        UInt128 value = 0;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal);
            if (digit < 0) return false;
            value = (value << 5) | (UInt128)digit;
        }

        id = new(value);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(RunId other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => string.Create(Length, Value, Spell);

    /// <summary>Writes the text form as a JSON string, without making a string of it.</summary>
    internal void WriteTo(Utf8JsonWriter writer, JsonEncodedText name)
    {
        Span<char> text = stackalloc char[Length];
        Spell(text, Value);
        writer.WriteString(name, text);
    }

    private static void Spell(Span<char> text, UInt128 value)
    {
        for (var i = text.Length - 1; i >= 0; i--, value >>= 5) text[i] = Alphabet[(int)(value & 31)];
    }

    /// <summary>Whether the left id sorts first.</summary>
    public static bool operator <(RunId left, RunId right) => left.Value < right.Value;

    /// <summary>Whether the left id sorts last.</summary>
    public static bool operator >(RunId left, RunId right) => left.Value > right.Value;

    /// <summary>Whether the left id does not sort last.</summary>
    public static bool operator <=(RunId left, RunId right) => left.Value <= right.Value;

    /// <summary>Whether the left id does not sort first.</summary>
    public static bool operator >=(RunId left, RunId right) => left.Value >= right.Value;
}

/// <summary>Identifies an attempt of a run, numbered from 1. Engines know attempts by this id and refuse to start the
/// same one twice. Text form: <c>RUNID.NUMBER</c>.</summary>
public readonly record struct AttemptId(RunId Run, int Number)
{
    /// <summary>Reads the text form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AttemptId id)
    {
        id = default;
        if (text is null) return false;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !RunId.TryParse(text[..dot], out var run)) return false;
        if (!int.TryParse(text.AsSpan(dot + 1), out var number) || number < 1) return false;
        id = new(run, number);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Run}.{Number}";
}
