using Chronos.Core.Jobs;

namespace Chronos.Engines.Local;

/// <summary>What this machine, or the container that the server runs in, has.</summary>
internal static class Machine
{
    private const double Mebibyte = 1024 * 1024;

    /// <summary>What tasks may reserve together.</summary>
    internal static Resources Measure(LocalEngineOptions options)
    {
        // Both numbers of the runtime respect the limits of a container.
        var cpus = options.Cpus ?? (Environment.ProcessorCount * options.CpuOvercommit);
        var mem = options.MemMebibytes ?? Math.Floor(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Mebibyte);
        Directory.CreateDirectory(options.DataDirectory);
        var disk = Math.Floor(new DriveInfo(Path.GetFullPath(options.DataDirectory)).TotalSize / Mebibyte);
        return new(cpus, mem, disk);
    }
}
