using System.Runtime.InteropServices;

namespace Chronos.Executor.Native;

/// <summary>Folders and modes of files through the C library, whose calls are the same on every Linux.</summary>
internal static class PrivateFolder
{
    private const uint OwnerOnly = 0x1C0; // rwx------

    /// <summary>Makes a folder that only its owner may enter, and those above it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    internal static void Make(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent) Directory.CreateDirectory(parent);
        if (Libc.MakeDirectory(path, OwnerOnly) == 0) return;
        var error = Marshal.GetLastPInvokeError();
        if (error != Libc.Exists) throw new IOException($"Cannot make '{path}': {Libc.Describe(error)}");
    }

    /// <summary>Sets the permissions of a file; those above the lowest nine bits are dropped.</summary>
    /// <exception cref="IOException">They cannot be set.</exception>
    internal static void SetMode(string path, int mode)
    {
        if (Libc.ChangeMode(path, (uint)mode & 0x1FF) != 0)
            throw new IOException(
                $"Cannot set the mode of '{path}': {Libc.Describe(Marshal.GetLastPInvokeError())}");
    }
}
