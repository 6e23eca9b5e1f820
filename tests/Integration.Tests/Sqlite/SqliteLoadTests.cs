using System.Diagnostics;
using System.Text;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Chronos.Testing.Storage;
using NodaTime;
using Xunit;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>Amounts: a start with many jobs, readers beside a writer, space that is used again.</summary>
public sealed class SqliteLoadTests : IDisposable
{
    private const int RunsPerRound = 4_000;
    private readonly DatabaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>The target is a second on the machine of the benchmarks; the limit here leaves room for slow and busy
    /// ones and still fails when loading costs a query for each job.</summary>
    [Fact]
    public async Task Load_HundredThousandJobs_TakesSeconds()
    {
        const int jobs = 100_000;
        await using (var database = await folder.OpenAsync())
        {
            var store = new SqliteStateStore(database);
            await LoadAsync(store);
            var json = Encoding.UTF8.GetBytes($"{{\"text\":\"{new string('x', 300)}\"}}");
            await store.CommitAsync(new(1, 1, [.. Enumerable.Range(0, jobs).Select(i => new CommitUnit(
                [new(new(DocumentKind.Definition, $"job-{i}"), json), new(new(DocumentKind.State, $"job-{i}"), json)],
                []))]), default);
        }

        var began = Stopwatch.GetTimestamp();
        await using var reopened = await folder.OpenAsync();
        var count = await LoadAsync(new SqliteStateStore(reopened));

        Assert.Equal(2 * jobs, count);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task List_WhileCommitting_SeesWholeBatches()
    {
        const int batches = 200;
        const int perBatch = 7;
        await using var database = await folder.OpenAsync();
        var history = new SqliteRunHistory(database);
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < batches; i++) await history.AppendAsync(Runs(i * perBatch, perBatch), default);
        });

        while (!writing.IsCompleted)
        {
            var page = await history.ListRunsAsync(new() { Limit = 1000 }, default);
            if (page.Next is null) Assert.Equal(0, page.Items.Count % perBatch);
        }

        await writing;
    }

    [Fact]
    public async Task List_Cancelled_EndsEarly()
    {
        await using var database = await folder.OpenAsync();
        using var stopping = new CancellationTokenSource();
        var endless = database.Readers.ReadAsync(
            connection => connection.Scalar(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"),
            stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
    }

    [Fact]
    public async Task Prune_ThenAppend_UsesTheSpaceAgain()
    {
        await using var database = await folder.OpenAsync();
        var history = new SqliteRunHistory(database);
        var pages = new List<long>();
        for (var round = 0; round < 5; round++)
        {
            await history.AppendAsync(Runs(round * RunsPerRound, RunsPerRound), default);
            pages.Add(await database.Readers.ReadAsync(connection => connection.Scalar("PRAGMA page_count"), default));
            var now = HistorySamples.Start + Duration.FromDays(100);
            while ((await history.PruneAsync(new(Duration.Zero, 0), now, default)).Count > 0)
            {
            }
        }

        Assert.InRange(pages[^1], 1, pages[0] + (pages[0] / 10));
    }

    [Fact]
    public async Task Commit_ManyLargeBatches_KeepsTheLogShort()
    {
        const int logBytesMax = 40 * 1024 * 1024;
        await using var database = await SqliteDatabase.OpenAsync(
            new() { Folder = folder.Folder, CheckpointPages = 500 },
            Microsoft.Extensions.Logging.Abstractions.NullLogger<SqliteDatabase>.Instance,
            default);
        var history = new SqliteRunHistory(database);

        for (var i = 0; i < 60; i++) await history.AppendAsync(Runs(i * 1_000, 1_000), default);

        Assert.InRange(new FileInfo(folder.File + "-wal").Length, 1, logBytesMax);
        Assert.True(new FileInfo(folder.File).Length > logBytesMax / 10, "Nothing was copied into the database.");
    }

    private static HistoryRecord[] Runs(int from, int count) =>
    [
        .. Enumerable.Range(from, count).Select(i =>
            HistorySamples.Run($"job-{i % 50}", HistorySamples.Start + Duration.FromSeconds(i), RunState.Failed)),
    ];

    private static async Task<int> LoadAsync(SqliteStateStore store)
    {
        var count = 0;
        await foreach (var _ in store.LoadAsync(1, default)) count++;
        return count;
    }
}
