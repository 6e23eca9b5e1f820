using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Chronos.Executor.Native;

namespace Chronos.Executor.Limits;

/// <summary>Reads and writes the kernel's control files.</summary>
internal static unsafe class ControlFile
{
    /// <summary>Writes a value.</summary>
    /// <exception cref="IOException">The kernel refuses it.</exception>
    internal static void Write(string path, string value)
    {
        var error = TryWrite(path, value);
        if (error != 0) throw new IOException($"Cannot write '{value}' to '{path}': {Libc.Describe(error)}");
    }

    /// <summary>Writes a value.</summary>
    /// <returns>0, or the error.</returns>
    internal static int TryWrite(string path, string value)
    {
        var descriptor = Libc.Open(path, Libc.OpenWriteOnly | Libc.OpenCloseOnExec, 0);
        if (descriptor < 0) return Marshal.GetLastPInvokeError();
        Span<byte> bytes = stackalloc byte[64];
        var count = Encoding.UTF8.GetBytes(value, bytes);
        fixed (byte* start = bytes)
        {
            var error = Libc.Write(descriptor, start, count) == count ? 0 : Marshal.GetLastPInvokeError();
            _ = Libc.Close(descriptor);
            return error;
        }
    }

    /// <summary>Whether a file holds nothing, or is gone.</summary>
    internal static bool IsEmpty(string path)
    {
        Span<byte> bytes = stackalloc byte[1];
        return Read(path, bytes) == 0;
    }

    /// <summary>The number in a file; 0 where it is gone.</summary>
    internal static long ReadNumber(string path)
    {
        Span<byte> bytes = stackalloc byte[32];
        return Utf8Parser.TryParse(bytes[..Read(path, bytes)], out long value, out _) ? value : 0;
    }

    /// <summary>The processes listed in a file; none where it is gone.</summary>
    internal static List<int> ReadProcesses(string path)
    {
        var processes = new List<int>();
        foreach (var line in ReadLines(path))
            if (int.TryParse(line, out var pid) && pid > 0) processes.Add(pid);
        return processes;
    }

    /// <summary>The number after a key in a file of <c>key number</c> lines; 0 where it is missing.</summary>
    internal static long ReadKey(string path, string key)
    {
        Span<byte> bytes = stackalloc byte[1024];
        foreach (var line in Encoding.ASCII.GetString(bytes[..Read(path, bytes)]).AsSpan().EnumerateLines())
        {
            var blank = line.IndexOf(' ');
            if (blank == key.Length && line.StartsWith(key, StringComparison.Ordinal)
                && long.TryParse(line[(blank + 1)..], out var value)) return value;
        }

        return 0;
    }

    /// <summary>Names of the folders in a folder.</summary>
    internal static IReadOnlyList<string> ReadFolders(string path) =>
        [.. new DirectoryInfo(path).EnumerateDirectories().Select(folder => folder.Name)];

    /// <summary>Makes a folder; false: the kernel does not let us.</summary>
    internal static bool TryMakeFolder(string path) =>
        Libc.MakeDirectory(path, 0x1ED) == 0 || Marshal.GetLastPInvokeError() == Libc.Exists;

    /// <summary>Makes a folder.</summary>
    /// <exception cref="IOException">The kernel refuses it.</exception>
    internal static void MakeFolder(string path)
    {
        if (!TryMakeFolder(path))
            throw new IOException($"Cannot make '{path}': {Libc.Describe(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>Removes a folder; true: it is gone.</summary>
    internal static bool TryRemoveFolder(string path) =>
        Libc.RemoveDirectory(path) == 0 || Marshal.GetLastPInvokeError() == Libc.NoEntry;

    /// <summary>Removes groups of executors that were killed and left nothing that runs. A group with a process in it
    /// cannot be removed, and those of executors that live are left alone: one may just have made a group for a task
    /// that is about to enter it.</summary>
    /// <param name="parent">Where executors have their groups.</param>
    /// <param name="own">The folder of our own.</param>
    internal static void RemoveStale(string parent, string own)
    {
        var stale = TryReadFolders(parent).Where(name => name != own && CgroupMounts.IsGroupName(name)).ToList();
        if (stale.Count == 0) return;
        var live = CgroupMounts.LiveGroupNames(); // after the list: whoever made one of it lives now, or does no more
        foreach (var name in stale)
        {
            if (live.Contains(name)) continue;
            var root = Path.Join(parent, name);
            foreach (var attempt in TryReadFolders(root)) _ = TryRemoveFolder(Path.Join(root, attempt));
            _ = TryRemoveFolder(root);
        }
    }

    private static IReadOnlyList<string> TryReadFolders(string path)
    {
        try
        {
            return ReadFolders(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // gone, or not ours
        }
    }

    private static int Read(string path, Span<byte> bytes)
    {
        var descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0);
        if (descriptor < 0) return 0; // the group is gone
        fixed (byte* start = bytes)
        {
            var count = Libc.Read(descriptor, start, bytes.Length);
            _ = Libc.Close(descriptor);
            return Math.Max(0, (int)count);
        }
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // the group is gone; so is what was in it
        }
    }
}
