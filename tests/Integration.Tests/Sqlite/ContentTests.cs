using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Chronos.Testing.Storage;
using Xunit;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>Names are data, and many or large documents are only more of them.</summary>
public sealed class ContentTests : IDisposable
{
    private const int DocumentBytes = 10 * 1024 * 1024;
    private const int Documents = 100_000;
    private readonly DatabaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("it's \"quoted\"; DROP TABLE runs; --")]
    [InlineData("' OR '1'='1")]
    [InlineData("ünïcödé 日本 🚀 e\u0301")]
    [InlineData("%_\\ \t\n?1 $name :x @y")]
    [InlineData("before\0after")]
    public async Task Runs_AnyNameOrLabel_AreFoundByItAlone(string text)
    {
        await using var database = await folder.OpenAsync();
        await using var history = new SqliteRunHistory(database);
        var run = HistorySamples.Run(text, HistorySamples.Start, RunState.Failed, new Label(text, text));
        var other = HistorySamples.Run("other", HistorySamples.Start, RunState.Failed, new Label("k", "v"));
        await database.CommitAsync(1, 1, StoredTexts.Unit(text, "1", run, other));

        await AssertOnlyAsync(history, run, new() { JobName = text });
        await AssertOnlyAsync(history, run, new() { Label = new(text, text) });
        await AssertOnlyAsync(history, run, new() { JobName = text, Label = new(text, text) });
        Assert.Equal(text, Assert.Single(await database.TextsAsync()).Key);
    }

    [Fact]
    public async Task Commit_LargeDocumentAfterSmallOne_IsReplacedAndRead()
    {
        var large = $"\"{new string('ü', DocumentBytes / 2)}\"";
        await using (var database = await folder.OpenAsync())
        {
            await database.CommitAsync(1, 1, StoredTexts.Unit("a", "1"), StoredTexts.Unit("b", large));
            await database.CommitAsync(2, 1, StoredTexts.Unit("a", large), StoredTexts.Unit("b", "2"));
        }

        await using var reopened = await folder.OpenAsync();
        var states = await reopened.TextsAsync();
        Assert.Equal(large, states["a"]);
        Assert.Equal("2", states["b"]);
    }

    [Fact]
    public async Task Load_ManyDocuments_ReadsEveryOneOnce()
    {
        await using (var database = await folder.OpenAsync())
            foreach (var part in Enumerable.Range(0, Documents).Chunk(Documents / 4))
                await database.CommitAsync(
                    part[0] + 1, 1, [.. part.Select(i => StoredTexts.Unit($"job-{i:D6}", $"{{\"number\":{i}}}"))]);

        await using var reopened = await folder.OpenAsync();
        var states = await reopened.TextsAsync();
        Assert.Equal(Documents, states.Count);
        Assert.Equal(Enumerable.Range(0, Documents).Select(i => $"{{\"number\":{i}}}"), states.Values);
    }

    private static async Task AssertOnlyAsync(SqliteRunHistory history, RunRecord expected, RunQuery query)
    {
        var page = await history.ListRunsAsync(query, CancellationToken.None);
        Assert.Equal(expected, Assert.Single(page.Items));
    }
}
