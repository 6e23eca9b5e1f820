namespace Chronos.Server.Endpoints.Native;

/// <summary>Finds where a piece of UTF-8 may be cut.</summary>
internal static class Utf8Boundary
{
    /// <summary>The length of <paramref name="bytes"/> without a character at its end of which bytes are still to
    /// come. Bytes that are no UTF-8 at all are not waited for.</summary>
    public static int CompleteLength(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var b = bytes[^back];
            if ((b & 0b1100_0000) == 0b1000_0000) continue; // continues a character that began before
            var needed = b switch
            {
                >= 0xF0 and <= 0xF4 => 4,
                >= 0xE0 and < 0xF0 => 3,
                >= 0xC2 and < 0xE0 => 2,
                _ => 1,
            };
            return needed > back ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }
}
