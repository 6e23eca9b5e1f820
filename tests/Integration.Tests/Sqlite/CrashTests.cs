using System.Globalization;
using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Xunit;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>What was acknowledged survives, and a batch is there as a whole or not at all.</summary>
public sealed class CrashTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 25;
    private const int AcknowledgedMax = 150;
    private readonly DatabaseFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Commit_ProcessKilledAtRandomMoments_KeepsWhatWasAcknowledgedAndNothingPartial()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var checkedBatches = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            var acknowledged = await CommitUntilKilledAsync(random.Next(1, AcknowledgedMax));
            checkedBatches = await CheckAsync(checkedBatches, acknowledged);
        }

        output.WriteLine($"{checkedBatches} batches");
    }

    [Fact]
    public async Task Open_LogTornAnywhere_HasABeginningOfTheBatches()
    {
        const int batches = 40;
        await using var database = await folder.OpenAsync();
        for (var i = 1; i <= batches; i++)
            await database.CommitAsync(
                i, 1, [.. Enumerable.Range(0, 10).Select(unit => StoredTexts.Unit($"slot-{unit}", $"{i}"))]);
        var random = new Random(1);
        for (var round = 0; round < 30; round++)
        {
            using var crashed = folder.CopyOfCrash();
            using (var log = File.OpenWrite(crashed.Log)) log.SetLength(random.NextInt64(log.Length + 1));
            await using var reopened = await crashed.OpenAsync();
            // Torn before the end of the first batch there is no table, and the database is a new one.
            Assert.True((await reopened.TextsAsync()).Values.Distinct().Count() <= 1, $"Round {round} is partial");
        }
    }

    /// <returns>The last number that the process has acknowledged.</returns>
    private async Task<long> CommitUntilKilledAsync(int acknowledgements)
    {
        using var child = CommitChild.Start(folder.Folder);
        var last = 0L;
        for (var line = 0; await child.StandardOutput.ReadLineAsync() is { } text; line++)
        {
            last = long.Parse(text, CultureInfo.InvariantCulture);
            // It goes on meanwhile, so that the kill comes at any moment of a later commit.
            if (line == acknowledgements) child.Kill();
        }

        await child.WaitForExitAsync();
        Assert.True(last > 0, $"The process ended with {child.ExitCode} before it committed anything.");
        return last;
    }

    /// <returns>The last batch that is there.</returns>
    private async Task<long> CheckAsync(long checkedBatches, long acknowledged)
    {
        await using var database = await folder.OpenAsync();
        var slots = await database.TextsAsync();
        Assert.Equal(CommitChild.Units, slots.Count);
        var last = long.Parse(Assert.Single(slots.Values.Distinct()), CultureInfo.InvariantCulture);
        Assert.InRange(last, acknowledged, acknowledged + 1);
        var documents = await database.TextsAsync(DocumentKind.Definition);
        Assert.Equal(last * CommitChild.Units, documents.Count);
        await using var history = new SqliteRunHistory(database);
        for (var batch = checkedBatches + 1; batch <= last + 1; batch++)
            for (var unit = 0; unit < CommitChild.Units; unit++)
            {
                var record = CommitChild.RecordOf(batch, unit);
                var found = await history.FindRunAsync(record.Run.Id, CancellationToken.None);
                Assert.Equal(batch <= last ? record : null, found);
                Assert.Equal(batch <= last, documents.ContainsKey($"{batch}-{unit}"));
            }

        await database.HistoryCheck;
        Assert.Equal("", database.Problem);
        return last;
    }
}
