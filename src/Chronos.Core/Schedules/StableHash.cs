namespace Chronos.Core;

/// <summary>
/// A 64-bit hash that is the same in every process, on every machine and in every version: FNV-1a, then the finalizer
/// of MurmurHash3 so that short, similar names differ in all bits. For spreading load; not for security.
/// </summary>
public static class StableHash
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>Hash of a text, over its UTF-16 code units, low byte first.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        unchecked
        {
            ulong hash = OffsetBasis;
            foreach (char unit in text)
            {
                hash = (hash ^ (byte)unit) * Prime;
                hash = (hash ^ (byte)(unit >> 8)) * Prime;
            }

            return Mix(hash);
        }
    }

    /// <summary>Hash of bytes. A text hashed here as UTF-8 does not equal the hash of its characters.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            ulong hash = OffsetBasis;
            foreach (byte value in bytes)
            {
                hash = (hash ^ value) * Prime;
            }

            return Mix(hash);
        }
    }

    /// <summary>Derives an independent hash from one already computed, one per <paramref name="salt"/>.</summary>
    public static ulong Of(ulong hash, ulong salt) => Mix(unchecked(hash + (salt + 1) * 0x9E3779B97F4A7C15));

    private static ulong Mix(ulong hash)
    {
        unchecked
        {
            hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
            hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
            return hash ^ (hash >> 33);
        }
    }
}
