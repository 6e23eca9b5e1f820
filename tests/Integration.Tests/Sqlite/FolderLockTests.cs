using System.Globalization;
using Chronos.Runtime.Ports;
using Xunit;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>One process has a data folder at a time.</summary>
public sealed class FolderLockTests : IDisposable
{
    private readonly DatabaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Open_TwiceInOneProcess_IsRefusedUntilTheFirstCloses()
    {
        await using (await folder.OpenAsync())
            await AssertRefusedAsync(Environment.ProcessId);

        await (await folder.OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Open_RefusedBefore_DoesNotLoosenTheLock()
    {
        await using var database = await folder.OpenAsync();

        await AssertRefusedAsync(Environment.ProcessId);
        await AssertRefusedAsync(Environment.ProcessId);
    }

    [Fact]
    public async Task Open_WhileAnotherProcessHasIt_NamesThatProcess()
    {
        using var child = CommitChild.Start(folder.Folder);
        try
        {
            await child.StandardOutput.ReadLineAsync(); // its first commit
            await AssertRefusedAsync(child.Id);
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync();
        }

        // The kernel takes the lock back however the process ended.
        await (await folder.OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Open_AfterFailedOpen_IsPossible()
    {
        File.WriteAllText(folder.File, new('x', 5000));
        await Assert.ThrowsAsync<StoreCorruptException>(folder.OpenAsync);
        File.Delete(folder.File);

        await (await folder.OpenAsync()).DisposeAsync();
    }

    private async Task AssertRefusedAsync(int holder)
    {
        var refusal = await Assert.ThrowsAsync<StoreCorruptException>(folder.OpenAsync);
        Assert.Contains($"process {holder.ToString(CultureInfo.InvariantCulture)}.", refusal.Message);
        Assert.Contains(folder.Folder, refusal.Message);
    }
}
