using Chronos.Core.Runs;
using Xunit;

namespace Chronos.Integration.Tests.Local;

/// <summary>A data folder without space.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task FullDisk_NewAttempt_FailsWithReasonAndDoesNotRun()
    {
        await using var disk = await SmallDisk.MountAsync(16);
        await using var harness = await LocalHarness.CreateAsync(folder: disk.Folder);
        var mark = Path.Join(Path.GetTempPath(), $"chronos-ran-{Guid.NewGuid():N}");
        Fill(disk);

        var refused = await harness.RunAsync(LocalHarness.Shell($"touch {mark}"));

        Assert.Equal(AttemptPhase.Failed, refused.Phase);
        Assert.Contains("No space left", refused.Message, StringComparison.Ordinal);
        Assert.Null(refused.StartedAt);
        Assert.False(File.Exists(mark));
        File.Delete(Filler(disk));
        Assert.Equal(AttemptPhase.Finished, (await harness.RunAsync(LocalHarness.Shell("true"))).Phase);
        Assert.True(harness.Engine.Describe().IsHealthy);
    }

    // The journal takes its space ahead, so that what runs can be written down to its end.
    [Fact]
    public async Task FullDisk_RunningAttempt_EndIsKeptAndTold()
    {
        await using var disk = await SmallDisk.MountAsync(16);
        await using var harness = await LocalHarness.CreateAsync(folder: disk.Folder);
        var mark = Path.Join(Path.GetTempPath(), $"chronos-go-{Guid.NewGuid():N}");
        var id = await harness.LaunchAsync(
            LocalHarness.Shell($"while [ ! -e {mark} ]; do sleep 0.02; done; rm {mark}; exit 5"));
        await harness.WaitAsync(id, AttemptPhase.Running);
        Fill(disk);

        await File.WriteAllTextAsync(mark, "");

        Assert.Equal(5, (await harness.WaitForEndAsync(id)).ExitCode);
        await harness.KillExecutorAsync();
        harness.ClearStatuses();
        await harness.ReconnectAsync();
        Assert.Equal(5, (await harness.WaitForEndAsync(id)).ExitCode);
    }

    private static string Filler(SmallDisk disk) => Path.Join(disk.Folder, "filler");

    private static void Fill(SmallDisk disk)
    {
        using var file = File.OpenWrite(Filler(disk));
        var block = new byte[4096];
        try
        {
            while (true) RandomAccess.Write(file.SafeFileHandle, block, RandomAccess.GetLength(file.SafeFileHandle));
        }
        catch (IOException e)
        {
            Assert.Contains("No space left", e.Message, StringComparison.Ordinal); // which is what was wanted
        }
    }
}
