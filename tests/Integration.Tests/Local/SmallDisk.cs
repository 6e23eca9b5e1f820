using System.Diagnostics;
using Chronos.Executor.Native;
using Chronos.Testing;
using Chronos.Testing.Engines;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>A small file system in memory; needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    internal string Folder { get; }

    internal static Task<SmallDisk> MountAsync(int mebibytes)
    {
        Assert.SkipUnless(Libc.EffectiveUser() == 0, "Only root may mount a small disk.");
        var folder = Directory.CreateTempSubdirectory("chronos-disk-").FullName;
        Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "chronos-test", folder);
        return Task.FromResult(new SmallDisk(folder));
    }

    internal static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        // A process that ends is gone from sight a little before its files are closed.
        await Wait.UntilAsync(() => TryRun("umount", Folder), "way to unmount");
        Directory.Delete(Folder);
    }

    private static bool TryRun(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
