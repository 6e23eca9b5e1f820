using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Chronos.Testing.Storage;
using NodaTime;
using Xunit;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>Disks that are full, read-only or missing.</summary>
public sealed class DiskTests : IDisposable
{
    private const int DiskMiB = 8;
    private readonly DatabaseFolder folder = new();
    private bool isMounted;

    private string Ballast => Path.Combine(folder.Folder, "ballast");

    public void Dispose()
    {
        if (isMounted) Shell.Run("umount", "--lazy", folder.Folder);
        folder.Dispose();
    }

    [Fact]
    public async Task Commit_FullDisk_IsUnavailableUntilThereIsSpace()
    {
        Mount();
        await using var database = await folder.OpenAsync();
        var kept = await CommitUntilFullAsync(database);
        var (batch, failure) = (Batch(kept + 1), "");
        for (var i = 0; i < 3; i++)
            failure = (await Assert.ThrowsAsync<StoreUnavailableException>(() => CommitAsync(database, batch))).Message;

        Assert.Contains("disk is full", failure);
        Assert.Contains(folder.File, failure);
        await AssertHasAsync(database, kept);

        File.Delete(Ballast);
        await CommitAsync(database, batch);
        await CommitAsync(database, batch);
        await AssertHasAsync(database, kept + 1);
    }

    [Fact]
    public async Task Close_FullDisk_LosesNothing()
    {
        Mount();
        int kept;
        await using (var database = await folder.OpenAsync()) kept = await CommitUntilFullAsync(database);

        File.Delete(Ballast);
        await using var reopened = await folder.OpenAsync();
        await AssertHasAsync(reopened, kept);
    }

    [Fact]
    public async Task Open_FullDisk_IsUnavailable()
    {
        Mount();
        FillDisk();

        await Assert.ThrowsAsync<StoreUnavailableException>(folder.OpenAsync);
        File.Delete(Ballast);
        await (await folder.OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Open_ReadOnlyFileSystem_SaysSo()
    {
        Mount();
        await (await folder.OpenAsync()).DisposeAsync();
        Shell.Run("mount", "-o", "remount,ro", folder.Folder);

        var refusal = await Assert.ThrowsAsync<StoreCorruptException>(folder.OpenAsync);

        Assert.Contains("read-only file system", refusal.Message);
        Assert.Contains(folder.Folder, refusal.Message);
    }

    [Fact]
    public async Task Open_MissingFolder_SaysSo()
    {
        var missing = Path.Combine(folder.Folder, "none");

        var refusal = await Assert.ThrowsAsync<StoreCorruptException>(() => DatabaseFolder.OpenAsync(missing));

        Assert.Contains($"'{missing}' does not exist", refusal.Message);
        Assert.False(Directory.Exists(missing));
    }

    private void Mount()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "A small disk needs Linux and root.");
        Shell.Run("mount", "-t", "tmpfs", "-o", $"size={DiskMiB}m", "tmpfs", folder.Folder);
        isMounted = true;
    }

    /// <returns>How many batches were committed, from the first.</returns>
    private async Task<int> CommitUntilFullAsync(SqliteDatabase database)
    {
        await CommitAsync(database, Batch(1));
        FillDisk();
        for (var i = 2; ; i++)
        {
            try
            {
                await CommitAsync(database, Batch(i));
            }
            catch (StoreUnavailableException)
            {
                return i - 1;
            }
        }
    }

    /// <summary>Leaves no page free.</summary>
    private void FillDisk()
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) ballast.Write(new byte[4096]);
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) == 28)
        {
            // Full, as asked for.
        }
    }

    private static CommitBatch Batch(int number) => new(
        number,
        1,
        [
            .. Enumerable.Range(0, 20).Select(unit => StoredTexts.Unit(
                $"{number}-{unit}", $"\"{new string('x', 2000)}\"", RecordOf(number, unit))),
        ]);

    private static RunRecord RecordOf(int batch, int unit) =>
        HistorySamples.Run($"job-{unit}", HistorySamples.Start + Duration.FromSeconds(batch));

    private static async Task CommitAsync(SqliteDatabase database, CommitBatch batch)
    {
        await using var store = new SqliteStateStore(database);
        await store.CommitAsync(batch, CancellationToken.None);
    }

    /// <summary>Exactly the first batches, and not a row of another.</summary>
    private static async Task AssertHasAsync(SqliteDatabase database, int batches)
    {
        await using var history = new SqliteRunHistory(database);
        var runs = await history.ListRunsAsync(new() { Limit = 1000 }, CancellationToken.None);
        Assert.Equal(
            Enumerable.Range(1, batches).SelectMany(i => Batch(i).Units).SelectMany(unit => unit.Records).ToHashSet(),
            runs.Items.ToHashSet<HistoryRecord>());
        using var connection = Connection.Open(database.Path, readOnly: true);
        Assert.Equal(batches * 20, connection.Scalar("SELECT count(*) FROM states"));
        Assert.Equal(batches, connection.Scalar("SELECT batch FROM fence"));
    }
}
