using System.Buffers.Binary;
using System.Text;
using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Chronos.Testing.Storage;
using NodaTime;
using Xunit;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>Files that a disk, or somebody, has changed. What scheduling depends on is refused at the start and left
/// as it is; the history opens and says what is wrong with it.</summary>
public sealed class DamageTests : IDisposable
{
    private const int PageBytes = 4096;
    private const int Runs = 2_000;
    private readonly DatabaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("definitions")]
    [InlineData("states")]
    [InlineData("meta")]
    public async Task Open_GarbageInStateTable_IsRefusedAndNothingIsOverwritten(string table)
    {
        await FillAsync();
        Spoil(folder.File, table);
        var before = File.ReadAllBytes(folder.File);

        await AssertRefusedAsync(folder);

        Assert.Equal(before, File.ReadAllBytes(folder.File));
    }

    [Fact]
    public async Task Open_GarbageAfterCrash_KeepsTheLogToo()
    {
        await FillAsync();
        await using var database = await folder.OpenAsync();
        await database.CommitAsync(2, 1, StoredTexts.Unit("later", "1"));
        using var crashed = folder.CopyOfCrash();
        Spoil(crashed.File, "definitions"); // the log has the page of states that changed
        var (file, log) = (File.ReadAllBytes(crashed.File), File.ReadAllBytes(crashed.Log));

        await AssertRefusedAsync(crashed);

        Assert.Equal(file, File.ReadAllBytes(crashed.File));
        Assert.Equal(log, File.ReadAllBytes(crashed.Log));
    }

    [Fact]
    public async Task Open_GarbageInHistoryAfterCrash_OpensAndSaysSo()
    {
        await FillAsync();
        await using var healthy = await folder.OpenAsync();
        await healthy.CommitAsync(2, 1, StoredTexts.Unit("later", "1"));
        using var crashed = folder.CopyOfCrash();
        Spoil(crashed.File, "runs");

        await using var database = await crashed.OpenAsync();
        await database.HistoryCheck;

        Assert.Contains("table runs", database.Problem);
        Assert.Contains(crashed.File, database.Problem);
        Assert.Equal("1", (await database.TextsAsync())["later"]);
        Assert.Equal("", healthy.Problem);
    }

    [Fact]
    public async Task ListRuns_GarbageInHistory_FailsAndIsKnownFromThen()
    {
        await FillAsync();
        Spoil(folder.File, "runs");
        await using var database = await folder.OpenAsync();
        await using var history = new SqliteRunHistory(database);

        var failure = await Assert.ThrowsAsync<StoreCorruptException>(
            () => history.ListRunsAsync(new() { Limit = 1000 }, CancellationToken.None));

        Assert.Contains(folder.File, failure.Message);
        Assert.Equal(failure.Message, database.Problem);
        await database.CommitAsync(2, 1, StoredTexts.Unit("later", "1"));
        Assert.Equal("1", (await database.TextsAsync())["later"]);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("{\"v\":1,\"labels\":{\"a\":1}}")]
    [InlineData("{\"v\":1,\"attempts\":[{}]}")]
    [InlineData("[]")]
    public async Task ReadAndReplace_RowThatMakesNoSense_SaysWhichDatabaseIsDamaged(string json)
    {
        var run = HistorySamples.Run("a", HistorySamples.Start);
        await using (var first = await folder.OpenAsync())
            await first.CommitAsync(1, 1, StoredTexts.Unit("a", "1", run));
        using (var connection = Connection.Open(folder.File, readOnly: false))
            connection.Execute($"UPDATE runs SET json = '{json}'");
        await using var database = await folder.OpenAsync();
        await using var history = new SqliteRunHistory(database);

        await Assert.ThrowsAsync<StoreCorruptException>(() => history.FindRunAsync(run.Run.Id, CancellationToken.None));
        var failure = await Assert.ThrowsAsync<StoreCorruptException>(
            () => database.CommitAsync(2, 1, StoredTexts.Unit("a", "2", run)));

        Assert.Contains(folder.File, failure.Message);
        Assert.Equal("1", (await database.TextsAsync())["a"]);
    }

    [Fact]
    public async Task Open_EmptyFile_IsANewDatabase()
    {
        File.WriteAllBytes(folder.File, []);

        await using var database = await folder.OpenAsync();

        Assert.Empty(await database.TextsAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_LogWithoutItsDatabase_IsRefusedAndTheLogStays(bool isEmpty)
    {
        await using var database = await folder.OpenAsync();
        await database.CommitAsync(1, 1, StoredTexts.Unit("a", "1"));
        using var crashed = folder.CopyOfCrash();
        if (isEmpty) File.WriteAllBytes(crashed.File, []);
        else File.Delete(crashed.File);
        var log = File.ReadAllBytes(crashed.Log);

        var refusal = await Assert.ThrowsAsync<StoreCorruptException>(crashed.OpenAsync);

        Assert.Contains("missing or empty", refusal.Message);
        Assert.Contains("restore", refusal.Message);
        Assert.Equal(log, File.ReadAllBytes(crashed.Log));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(PageBytes)]
    [InlineData((PageBytes * 40) + 7)]
    public async Task Open_TruncatedFile_IsRefusedAndNothingIsOverwritten(int length)
    {
        await FillAsync();
        using (var file = File.OpenWrite(folder.File)) file.SetLength(length);
        var before = File.ReadAllBytes(folder.File);

        await AssertRefusedAsync(folder);

        Assert.Equal(before, File.ReadAllBytes(folder.File));
    }

    [Fact]
    public async Task Open_TextFile_IsRefusedAndLeftAlone()
    {
        var text = string.Concat(Enumerable.Repeat("This is no database.\n", 1000));
        File.WriteAllText(folder.File, text);

        await AssertRefusedAsync(folder);

        Assert.Equal(text, File.ReadAllText(folder.File));
    }

    private static async Task AssertRefusedAsync(DatabaseFolder folder)
    {
        var refusal = await Assert.ThrowsAsync<StoreCorruptException>(folder.OpenAsync);
        Assert.Contains(folder.File, refusal.Message);
        Assert.Contains("backup", refusal.Message);
    }

    /// <summary>Overwrites the middle of the last leaf page of a table.</summary>
    private static void Spoil(string path, string table)
    {
        long page;
        using (var connection = Connection.Open(path, readOnly: true))
            page = connection.Scalar($"SELECT rootpage FROM sqlite_master WHERE name = '{table}'");
        using var file = File.Open(path, FileMode.Open);
        var header = new byte[12];
        while (true)
        {
            file.Position = (page - 1) * PageBytes;
            file.ReadExactly(header);
            if (header[0] > 5) break; // 2 and 5 are inner pages, whose last child is in the header
            page = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(8));
        }

        var garbage = new byte[PageBytes / 2];
        new Random(1).NextBytes(garbage);
        file.Position = ((page - 1) * PageBytes) + (PageBytes / 4);
        file.Write(garbage);
    }

    /// <summary>Several pages for every table, all in the database file.</summary>
    private async Task FillAsync()
    {
        var units = Enumerable.Range(0, Runs).Select(i => new CommitUnit(
            [Put(DocumentKind.Definition, i), Put(DocumentKind.State, i), Put(DocumentKind.Meta, i)],
            [HistorySamples.Run($"job-{i}", HistorySamples.Start + Duration.FromMinutes(i))]));
        await using var database = await folder.OpenAsync();
        await database.CommitAsync(1, 1, [.. units]);
    }

    private static DocumentChange Put(DocumentKind kind, int i) => new(
        new(kind, $"job-{i:D5}"), Encoding.UTF8.GetBytes($"{{\"v\":1,\"text\":\"{new string('x', 100)}\"}}"));
}
