using System.Diagnostics;

namespace Chronos.Integration.Tests.Server;

/// <summary>A temporary folder. At the end, whatever was started over it is stopped, and it is removed.</summary>
internal sealed class DataFolder : IDisposable
{
    public DataFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } =
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), "chronos-test-" + Guid.NewGuid().ToString("N")[..12]);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        StopProcesses();
        Directory.Delete(Path, recursive: true);
    }

    public void StopProcesses()
    {
        foreach (var process in ProcessesOver(Path))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
    }

    /// <summary>Processes that name the folder in their command line or environment, such as its executor.</summary>
    private static List<Process> ProcessesOver(string path)
    {
        var found = new List<Process>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(System.IO.Path.GetFileName(folder), out var id) || id == Environment.ProcessId) continue;
            if (Mentions(folder, "cmdline", path)
                || Mentions(folder, "environ", path)) found.Add(Process.GetProcessById(id));
        }

        return found;
    }

    private static bool Mentions(string folder, string file, string path)
    {
        try
        {
            return System.IO.File.ReadAllText(System.IO.Path.Combine(folder, file))
                .Contains(path, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has ended meanwhile, or is not ours
        }
    }
}
