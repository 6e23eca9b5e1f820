using Xunit;

namespace Chronos.Integration.Tests.Server;

/// <summary>A data folder on a small disk of its own, which can be filled and made read-only; needs root.</summary>
internal sealed class DataDisk : IDisposable
{
    private const int NoSpaceLeft = 28;
    private readonly DataFolder folder = new();

    private DataDisk()
    {
    }

    public string Path => folder.Path;

    private string Ballast => folder.File("ballast");

    public static DataDisk Mount(int mebibytes)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A small disk needs Linux and root.");
        var disk = new DataDisk();
        Sqlite.Shell.Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,mode=0755", "chronos-test", disk.Path);
        return disk;
    }

    /// <summary>Leaves no page free.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) ballast.Write(new byte[4096]);
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) == NoSpaceLeft)
        {
            // Full, as asked for.
        }
    }

    public void MakeSpace() => File.Delete(Ballast);

    public void MakeReadOnly() => Sqlite.Shell.Run("mount", "-o", "remount,ro", Path);

    public void MakeWritable() => Sqlite.Shell.Run("mount", "-o", "remount,rw", Path);

    public void Dispose()
    {
        folder.StopProcesses();
        Sqlite.Shell.Run("umount", "--lazy", Path);
        folder.Dispose();
    }
}
