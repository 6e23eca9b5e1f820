using System.Runtime.InteropServices;
using Chronos.Executor.Native;
using Microsoft.Win32.SafeHandles;

namespace Chronos.Executor.Output;

/// <summary>Keeps an output file small without moving its bytes: the middle is given back to the disk, and offsets stay
/// what they were.</summary>
internal static class SparseFile
{
    /// <summary>Suffix of the file that says how many bytes were cut off where the disk knows no holes.</summary>
    internal const string BaseSuffix = ".base";

    private const long BlockBytes = 4096;

    /// <summary>Frees what lies between the first <paramref name="head"/> and the last bytes of a file so that at most
    /// <paramref name="max"/> remain.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">Its size.</param>
    /// <param name="head">Bytes to keep at the beginning.</param>
    /// <param name="max">Bytes to keep altogether.</param>
    /// <param name="punched">Where the hole ended so far; 0: there is none.</param>
    /// <returns>Where the hole ends now.</returns>
    internal static long Trim(string path, long size, long head, long max, long punched)
    {
        var start = Math.Max(AlignUp(head), punched);
        var end = AlignDown(size - (max - head));
        if (end <= start) return punched;
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var descriptor = (int)handle.DangerousGetHandle();
        if (Libc.Allocate(descriptor, Libc.PunchHole | Libc.KeepSize, start, end - start) == 0) return end;
        var error = Marshal.GetLastPInvokeError();
        if (error != Libc.NotSupported)
            throw new IOException($"Cannot free a part of '{path}': {Libc.Describe(error)}");
        StartAgain(path, handle);
        return 0;
    }

    /// <summary>Where data begins at or after an offset; null: there is none.</summary>
    internal static long? FindContent(SafeFileHandle handle, long offset)
    {
        var found = Libc.Seek((int)handle.DangerousGetHandle(), offset, Libc.SeekData);
        if (found >= 0) return found;
        var error = Marshal.GetLastPInvokeError();
        const int NothingThere = 6;
        return error == NothingThere ? null : offset; // a file system that knows no holes has none
    }

    /// <summary>Where the data that begins at an offset ends.</summary>
    internal static long FindHole(SafeFileHandle handle, long offset)
    {
        var found = Libc.Seek((int)handle.DangerousGetHandle(), offset, Libc.SeekHole);
        return found >= 0 ? found : RandomAccess.GetLength(handle);
    }

    /// <summary>Bytes cut off at the front of a file; 0 unless the disk knows no holes.</summary>
    internal static long ReadBase(string path)
    {
        var basePath = path + BaseSuffix;
        return File.Exists(basePath) && long.TryParse(File.ReadAllText(basePath), out var value) ? value : 0;
    }

    // Writers append, so that they go on at the beginning. What they write between the two steps is not counted; the
    // alternative, a copy by the executor, would tie the tasks' lives to it.
    private static void StartAgain(string path, SafeFileHandle handle)
    {
        var total = ReadBase(path) + RandomAccess.GetLength(handle);
        File.WriteAllText(path + BaseSuffix, total.ToString());
        RandomAccess.SetLength(handle, 0);
    }

    private static long AlignUp(long value) => (value + BlockBytes - 1) / BlockBytes * BlockBytes;

    private static long AlignDown(long value) => value <= 0 ? 0 : value / BlockBytes * BlockBytes;
}
