using System.Globalization;

namespace Chronos.Runs;

/// <summary>Says where output is missing, in its place.</summary>
internal static class LogGap
{
    /// <summary>Writes a line of its own; nothing where nothing was dropped.</summary>
    /// <param name="output">Where the output goes.</param>
    /// <param name="offset">Where it goes on.</param>
    /// <param name="dropped">Bytes before that were dropped.</param>
    public static async Task WriteAsync(TextWriter output, long offset, long dropped)
    {
        if (dropped == 0) return;
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"\n[chronos: {dropped} bytes were dropped here, offsets {offset - dropped} to {offset}: the output is too "
            + $"large]"));
    }
}
