using Chronos.Executor.Output;
using Chronos.Runtime.Ports;
using Microsoft.Win32.SafeHandles;

namespace Chronos.Engines.Local;

/// <summary>Reads outputs straight from their files. The hole that the size limit makes is passed over.</summary>
internal static class OutputReader
{
    private const int BytesMax = 1024 * 1024;

    /// <summary>Reads a part.</summary>
    /// <param name="sandbox">Folder of the attempt.</param>
    /// <param name="name">Name of the output.</param>
    /// <param name="offset">First byte; negative: that many before the end.</param>
    /// <param name="maxBytes">At most this many.</param>
    /// <param name="isComplete">Whether nothing will be added.</param>
    /// <returns>The part; null: there is no such output.</returns>
    internal static LogPart? Read(string sandbox, string name, long offset, int maxBytes, bool isComplete)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxBytes, BytesMax);
        var path = Path.Join(sandbox, name);
        if (!Directory.Exists(sandbox)) return null;
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return Read(handle, SparseFile.ReadBase(path), offset, maxBytes, isComplete);
        }
        catch (FileNotFoundException)
        {
            return new(0, default, 0, isComplete); // prepared, but not begun to run
        }
        catch (DirectoryNotFoundException)
        {
            return null; // removed meanwhile
        }
    }

    private static LogPart Read(SafeFileHandle handle, long cutOff, long offset, int maxBytes, bool isComplete)
    {
        var length = RandomAccess.GetLength(handle);
        var size = cutOff + length;
        var wanted = offset >= 0 ? Math.Min(offset, size) : Math.Max(0, size + offset);
        var position = Math.Max(0, wanted - cutOff);
        while (true)
        {
            if (position >= length || SparseFile.FindContent(handle, position) is not { } start)
                return new(size, default, size, isComplete);
            start = Math.Max(start, position);
            var end = Math.Min(Math.Min(SparseFile.FindHole(handle, start), length), start + maxBytes);
            var bytes = new byte[Math.Max(0, end - start)];
            var count = RandomAccess.Read(handle, bytes, start);

            // Whoever makes the hole larger meanwhile makes what was just read look like zeros.
            if (SparseFile.FindContent(handle, start) == start)
                return new(cutOff + start, bytes.AsMemory(0, count), size, isComplete);
            position = start;
        }
    }
}
