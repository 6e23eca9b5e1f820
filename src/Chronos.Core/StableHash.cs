namespace Chronos.Core;

/// <summary>A 64-bit hash that is the same in every process and version: FNV-1a over UTF-16 code units, finished with
/// the mixer of SplitMix64. Not for security.</summary>
public static class StableHash
{
    /// <summary>The hash of <paramref name="text"/>, chained onto <paramref name="seed"/>.</summary>
    public static ulong Of(ReadOnlySpan<char> text, ulong seed = 0)
    {
        unchecked
        {
            var hash = 0xCBF29CE484222325 ^ Mix(seed);
            foreach (var c in text) hash = (hash ^ c) * 0x100000001B3;
            return Mix(hash);
        }
    }

    /// <summary>Spreads the bits of <paramref name="value"/>.</summary>
    public static ulong Mix(ulong value)
    {
        unchecked
        {
            value += 0x9E3779B97F4A7C15;
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
