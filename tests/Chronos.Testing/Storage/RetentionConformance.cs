using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using NodaTime;
using Xunit;
using static Chronos.Testing.Storage.HistorySamples;

namespace Chronos.Testing.Storage;

/// <summary>What every run history must remove and keep.</summary>
public abstract class RetentionConformance
{
    /// <summary>More than any history may remove in one call.</summary>
    private const int ManyRuns = 2_500;
    private const int AttemptsPerCallMax = 1_000;
    private static readonly Retention Forever = new(Duration.FromDays(100_000), int.MaxValue);
    private static readonly Instant Now = Start + Duration.FromDays(10);

    /// <summary>Opens the history under test, empty.</summary>
    protected abstract Task<OpenedHistory> OpenAsync();

    [Fact]
    public async Task Prune_NothingTooOld_RemovesNothing()
    {
        await using var opened = await OpenAsync();
        await AppendAsync(opened, Run("a", Start), Event("1", "a", Start));

        Assert.Empty(await PruneAsync(opened, Forever));

        Assert.Single(await RunsAsync(opened));
        Assert.Single((await opened.History.ListEventsAsync(new(), CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Prune_ByAge_RemovesWhatEndedBefore()
    {
        await using var opened = await OpenAsync();
        var cutoff = Start + Duration.FromDays(5);
        RunRecord old = Ended(Run("a", Start), cutoff.PlusTicks(-1)), kept = Ended(Run("b", Start), cutoff);
        EventRecord oldEvent = Event("1", "a", cutoff.PlusTicks(-1)), keptEvent = Event("2", "a", cutoff);
        await AppendAsync(opened, old, kept, oldEvent, keptEvent);

        var attempts = await PruneAsync(opened, Forever with { Age = Now - cutoff });

        Assert.Equal([new(old.Run.Id, 1)], attempts);
        Assert.Equal([kept], await RunsAsync(opened));
        Assert.Equal([keptEvent], (await opened.History.ListEventsAsync(new(), CancellationToken.None)).Items);
    }

    [Fact]
    public async Task Prune_RunOfBackfill_CountsFromItsEnd()
    {
        await using var opened = await OpenAsync();
        var backfilled = Ended(Run("a", Start - Duration.FromDays(365)), Now);
        await AppendAsync(opened, backfilled);

        Assert.Empty(await PruneAsync(opened, Forever with { Age = Duration.FromDays(30) }));

        Assert.Equal([backfilled], await RunsAsync(opened));
    }

    [Fact]
    public async Task Prune_ByCount_KeepsTheNewestOfEachJob()
    {
        await using var opened = await OpenAsync();
        var records = Enumerable.Range(0, 12).Select(i => Run($"job-{i % 3}", Start.PlusTicks(i))).ToArray();
        await AppendAsync(opened, records);
        await AppendAsync(opened, Run("few", Start));

        var attempts = await PruneAsync(opened, Forever with { RunsPerJob = 2 });

        Assert.Equal(
            records[..6].Select(record => record.Run.Id).Order(), attempts.Select(attempt => attempt.Run).Order());
        Assert.Equal(7, (await RunsAsync(opened)).Count);
    }

    [Fact]
    public async Task Prune_ByCountAgain_SeesRunsAddedSince()
    {
        await using var opened = await OpenAsync();
        var retention = Forever with { RunsPerJob = 1 };
        await AppendAsync(opened, Run("a", Start), Run("b", Start));
        Assert.Empty(await PruneAsync(opened, retention));

        await AppendAsync(opened, Run("b", Start.PlusTicks(1)), Run("c", Start), Run("c", Start.PlusTicks(1)));
        var attempts = await PruneAsync(opened, retention);

        Assert.Equal(2, attempts.Count);
        Assert.Equal(3, (await RunsAsync(opened)).Count);
    }

    [Fact]
    public async Task Prune_FewerPerJobThanBefore_LooksAtEveryJobAgain()
    {
        await using var opened = await OpenAsync();
        await AppendAsync(opened, Run("a", Start), Run("a", Start.PlusTicks(1)), Run("a", Start.PlusTicks(2)));
        Assert.Empty(await PruneAsync(opened, Forever with { RunsPerJob = 3 }));

        var attempts = await PruneAsync(opened, Forever with { RunsPerJob = 1 });

        Assert.Equal(2, attempts.Count);
    }

    [Fact]
    public async Task Prune_RunWithRetries_ReturnsEveryAttempt()
    {
        await using var opened = await OpenAsync();
        var run = Run("a", Start);
        await AppendAsync(opened, run with { Run = run.Run with { Attempt = 3 } });

        var attempts = await PruneAsync(opened, new(Duration.Zero, 0));

        Assert.Equal([new(run.Run.Id, 1), new(run.Run.Id, 2), new(run.Run.Id, 3)], attempts);
    }

    [Fact]
    public async Task Prune_ManyRuns_TakesThemAPartAtATime()
    {
        await using var opened = await OpenAsync();
        await AppendAsync(
            opened, [.. Enumerable.Range(0, ManyRuns).Select(i => Run($"job-{i % 7}", Start.PlusTicks(i)))]);

        var first = await opened.History.PruneAsync(new(Duration.Zero, 0), Now, CancellationToken.None);
        var rest = await PruneAsync(opened, new(Duration.Zero, 0));

        Assert.InRange(first.Count, 1, AttemptsPerCallMax);
        Assert.Equal(ManyRuns, first.Concat(rest).Distinct().Count());
        Assert.Empty(await RunsAsync(opened));
    }

    /// <summary>Skipped runs have no logs to remove; an answer that is empty because of them would end the pruning
    /// before what lies behind them is gone.</summary>
    [Fact]
    public async Task Prune_RunsWithoutAttempts_AreRemovedBeforeItSaysNothingIsLeft()
    {
        await using var opened = await OpenAsync();
        var skipped = Enumerable.Range(0, ManyRuns).Select(i => Run("a", Start.PlusTicks(i), RunState.Skipped))
            .Select(record => record with { Run = record.Run with { Attempt = 0, Attempts = [] } });
        var behind = Run("b", Start.PlusTicks(ManyRuns));
        await AppendAsync(opened, [.. skipped, behind]);

        var attempts = await PruneAsync(opened, new(Duration.Zero, 0));

        Assert.Equal([new(behind.Run.Id, 1)], attempts);
        Assert.Empty(await RunsAsync(opened));
    }

    [Fact]
    public async Task Prune_LabelledRun_LeavesTheLabelsListing()
    {
        await using var opened = await OpenAsync();
        var label = new Label("team", "it's");
        await AppendAsync(opened, Run("a", Start, RunState.Failed, label), Run("b", Now, RunState.Failed, label));

        await PruneAsync(opened, Forever with { Age = Duration.FromDays(1) });

        var page = await opened.History.ListRunsAsync(new() { Label = label }, CancellationToken.None);
        Assert.Equal("b", Assert.Single(page.Items).JobName);
    }

    /// <summary>Prunes until nothing is left to remove.</summary>
    private static async Task<List<AttemptId>> PruneAsync(OpenedHistory opened, Retention retention)
    {
        var attempts = new List<AttemptId>();
        while (true)
        {
            var part = await opened.History.PruneAsync(retention, Now, CancellationToken.None);
            if (part.Count == 0) return attempts;
            attempts.AddRange(part);
        }
    }

    private static Task AppendAsync(OpenedHistory opened, params IReadOnlyList<HistoryRecord> records) =>
        opened.History.AppendAsync(records, CancellationToken.None);

    private static async Task<IReadOnlyList<RunRecord>> RunsAsync(OpenedHistory opened) =>
        (await opened.History.ListRunsAsync(new() { Limit = 1000 }, CancellationToken.None)).Items;

    private static RunRecord Ended(RunRecord record, Instant at) =>
        record with { Run = record.Run with { EndedAt = at } };
}
