namespace Chronos.Serving;

/// <summary>The folder with everything that a node keeps on its machine.</summary>
public static class DataFolder
{
    private const int ReadOnlyFileSystem = 30; // EROFS

    /// <summary>Users that tasks run as must pass through to their sandboxes, and see nothing else.</summary>
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Makes the folder, where there is none.</summary>
    /// <exception cref="IOException">It cannot be made; the message says what to do.</exception>
    public static void Create(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else if (!Directory.Exists(path)) Directory.CreateDirectory(path, Mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var (reason, remedy) = e switch
            {
                UnauthorizedAccessException => ("this user may not write there", "Change the owner or permissions"),
                IOException when (e.HResult & 0xFFFF) == ReadOnlyFileSystem =>
                    ("it would be on a read-only file system", "Mount it writable"),
                _ => (e.Message.TrimEnd('.'), "Mend that"),
            };
            throw new IOException(
                $"The data folder '{path}' cannot be made: {reason}. {remedy}, or choose another folder with "
                + "--data-dir.",
                e);
        }
    }
}
