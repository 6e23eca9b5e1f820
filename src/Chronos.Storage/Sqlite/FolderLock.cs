using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.Sqlite;

/// <summary>Keeps a second process out of a data folder. The lock is an advisory one of the kernel on
/// <c>chronos.lock</c>, so it ends with the process however that dies; the file itself stays, because removing it would
/// let two processes lock two different files of that name. Its text is the pid, for people.</summary>
internal sealed class FolderLock : IDisposable
{
    private const string FileName = "chronos.lock";
    private const int NoSpaceLeft = 28;
    private const int ReadOnlyFileSystem = 30;

    /// <summary>What opening a locked file gives: EWOULDBLOCK of Linux and of macOS, sharing and lock violations of
    /// Windows.</summary>
    private static readonly int[] InUse = [11, 35, 32, 33];
    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    public static FolderLock Acquire(string folder)
    {
        if (!Directory.Exists(folder))
            throw new StoreCorruptException(
                $"The data folder '{folder}' does not exist. Create it, or name another one.");
        var path = Path.Combine(folder, FileName);
        var file = Open(folder, path);
        try
        {
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
            file.Flush();
            return new(file);
        }
        catch (IOException error)
        {
            file.Dispose();
            throw new StoreUnavailableException($"'{path}' cannot be written: {error.Message}", error);
        }
    }

    public void Dispose() => file.Dispose();

    private static FileStream Open(string folder, string path)
    {
        try
        {
            // No sharing means an exclusive flock on Unix and a refusal of other handles on Windows.
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StoreCorruptException(
                $"The data folder '{folder}' cannot be written by user '{Environment.UserName}'. Change its owner or "
                + "its permissions, or name another folder.", error);
        }
        catch (IOException error) when (CodeOf(error) == ReadOnlyFileSystem)
        {
            throw new StoreCorruptException(
                $"The data folder '{folder}' is on a read-only file system. Mount it writable, or name another folder.",
                error);
        }
        catch (IOException error) when (CodeOf(error) == NoSpaceLeft)
        {
            throw new StoreUnavailableException($"The disk is full: '{path}' cannot be created.", error);
        }
        catch (IOException error) when (InUse.Contains(CodeOf(error)))
        {
            throw new StoreCorruptException(
                $"The data folder '{folder}' is in use by {Holder(path)}. Stop that process, or name another folder.",
                error);
        }
        catch (IOException error)
        {
            throw new StoreUnavailableException($"'{path}' cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>The error number of the system.</summary>
    private static int CodeOf(IOException error) => error.HResult & 0xFFFF;

    /// <summary>Names the process that holds the lock. FileStream takes a lock of its own to read, which the holder
    /// does not let it have, hence the system calls; on Windows nobody may read a locked file.</summary>
    private static string Holder(string path)
    {
        const string unknown = "another process";
        if (OperatingSystem.IsWindows()) return unknown;
        var descriptor = OpenFile(path, flags: 0);
        if (descriptor < 0) return unknown;
        var buffer = new byte[32];
        var length = ReadFile(descriptor, buffer, buffer.Length);
        _ = CloseFile(descriptor);
        var pid = Encoding.UTF8.GetString(buffer, 0, (int)Math.Max(0, length)).Trim();
        return pid.Length > 0 ? $"process {pid}" : unknown;
    }

    [DllImport("libc", EntryPoint = "open")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenFile([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint ReadFile(int descriptor, byte[] buffer, nint count);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CloseFile(int descriptor);
}
