using Chronos.Core.Jobs;
using Chronos.Core.Runs;
using Chronos.Runtime.Ports;
using NodaTime;
using Xunit;
using static Chronos.Testing.Storage.HistorySamples;

namespace Chronos.Testing.Storage;

/// <summary>What every run history must keep and list, whatever holds it.</summary>
public abstract class RunHistoryConformance
{
    private static readonly Label Red = new("colour", "red");
    private static readonly Label Blue = new("colour", "blue");

    /// <summary>Opens the history under test. Opened again within a test, it has the same content.</summary>
    protected abstract Task<OpenedHistory> OpenAsync();

    [Fact]
    public async Task Find_RunWithEveryField_IsEqual()
    {
        await using var opened = await OpenAsync();
        var small = Run("it's \"ü\" 🚀", Start.PlusTicks(7), RunState.Failed, new("k'", "v\""), new("ü", "")).Run;
        var full = new RunRecord("it's \"ü\" 🚀", [new("k'", "v\""), new("ü", "")], "a@b, c", small with
        {
            Cause = new(RunCauseKind.Manual, "me"),
            Reason = "because",
            Attempt = 2,
            RetryAt = Start,
            Attempts = [.. small.Attempts,
                new() { Number = 2, Outcome = RunState.Failed, EndedAt = Start, Signal = 9 }],
            Kill = new(KillReason.User, "you", Start),
            Agent = "agent",
            Arguments = "-x",
            Environment = [new("A", "1")],
            Progress = 5,
            Range = new(Start, null),
        });
        var never = Run("b", Start, RunState.Skipped);
        never = never with { Run = never.Run with { StartedAt = null, Attempt = 0, Attempts = [] } };

        await AppendAsync(opened, full, never);

        Assert.Equal(full, await FindAsync(opened, full));
        Assert.Equal(never, await FindAsync(opened, never));
    }

    [Fact]
    public async Task Find_UnknownRun_IsNull()
    {
        await using var opened = await OpenAsync();
        await AppendAsync(opened, Run("a", Start));

        Assert.Null(await FindAsync(opened, Run("b", Start)));
        Assert.Null(await opened.History.FindRunAsync(default, CancellationToken.None));
        Assert.Null(await opened.History.FindRunAsync(new(UInt128.MaxValue), CancellationToken.None));
    }

    [Theory]
    [InlineData(1969)]
    [InlineData(1)]
    [InlineData(2260)]
    public async Task Find_RunFarFromNow_IsFound(int year)
    {
        await using var opened = await OpenAsync();
        var run = Run("a", Instant.FromUtc(year, 5, 5, 5, 5).PlusTicks(12_345));

        await AppendAsync(opened, run);

        Assert.Equal(run, await FindAsync(opened, run));
    }

    [Fact]
    public async Task Append_AfterReopening_IsStillThere()
    {
        var run = Run("a", Start);
        await using (var opened = await OpenAsync()) await AppendAsync(opened, run);

        await using var reopened = await OpenAsync();
        Assert.Equal(run, await FindAsync(reopened, run));
    }

    [Fact]
    public async Task Append_SameRunAgain_ReplacesItInEveryListing()
    {
        await using var opened = await OpenAsync();
        var first = Run("a", Start, RunState.Failed, Red);
        var second = first with { Labels = [Blue], Run = first.Run with { State = RunState.Lost, Reason = "gone" } };

        await AppendAsync(opened, first);
        await AppendAsync(opened, second);
        await AppendAsync(opened, second);

        Assert.Equal([second], await ListAsync(opened, new()));
        Assert.Equal([second], await ListAsync(opened, new() { JobName = "a" }));
        Assert.Equal([second], await ListAsync(opened, new() { States = [RunState.Lost] }));
        Assert.Equal([second], await ListAsync(opened, new() { Label = Blue }));
        Assert.Empty(await ListAsync(opened, new() { States = [RunState.Failed] }));
        Assert.Empty(await ListAsync(opened, new() { Label = Red }));
    }

    [Fact]
    public async Task ListRuns_SameMillisecond_IsOrderedByTimeAndThenById()
    {
        await using var opened = await OpenAsync();
        RunRecord[] records =
        [
            .. Enumerable.Range(0, 5).Select(i => Run($"tie-{i}", Start)),
            .. Enumerable.Range(1, 5).Select(i => Run($"tick-{i}", Start.PlusTicks(i))),
        ];

        await AppendAsync(opened, records);

        Assert.Equal(Newest(records), await ListAsync(opened, new() { Limit = 3 }));
    }

    [Fact]
    public async Task ListRuns_TimeRange_IncludesItsStartAndNotItsEnd()
    {
        await using var opened = await OpenAsync();
        var records = Enumerable.Range(0, 5).Select(i => Run("a", Start.PlusTicks(i))).ToArray();
        await AppendAsync(opened, records);

        var listed = await ListAsync(opened, new() { From = Start.PlusTicks(1), Until = Start.PlusTicks(3) });

        Assert.Equal([records[2], records[1]], listed);
    }

    [Fact]
    public async Task ListRuns_AppendedWhilePaging_DoesNotShiftPages()
    {
        await using var opened = await OpenAsync();
        var records = Enumerable.Range(0, 6).Select(i => Run("a", Start.PlusTicks(i))).ToArray();
        await AppendAsync(opened, records);

        var first = await opened.History.ListRunsAsync(new() { Limit = 3 }, CancellationToken.None);
        await AppendAsync(opened, Run("a", Start.PlusTicks(100)));
        var second = await opened.History.ListRunsAsync(
            new() { Limit = 3, After = first.Next }, CancellationToken.None);

        Assert.Equal(Newest(records), [.. first.Items, .. second.Items]);
        Assert.Null(second.Next);
    }

    /// <summary>Asks for every combination of filters and compares all pages with what a loop over all records finds.
    /// </summary>
    [Fact]
    public async Task ListRuns_RandomQueries_AgreeWithLookingAtEveryRun()
    {
        await using var opened = await OpenAsync();
        var random = new Random(20_261_121);
        var records = RandomRecords(random);
        await AppendAsync(opened, records);

        for (var i = 0; i < 300; i++)
        {
            var query = RandomQuery(random);
            var expected = Newest(records.Where(record => Matches(record, query)));
            Assert.Equal(expected, await ListAsync(opened, query));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    public async Task List_LimitOutOfRange_IsRefused(int limit)
    {
        await using var opened = await OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(
            () => opened.History.ListRunsAsync(new() { Limit = limit }, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(
            () => opened.History.ListEventsAsync(new() { Limit = limit }, CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("r")]
    [InlineData("' OR 1=1 --")]
    [InlineData("rAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    [InlineData("eAAAA")]
    public async Task List_ForeignCursor_IsRefused(string cursor)
    {
        await using var opened = await OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(
            () => opened.History.ListRunsAsync(new() { After = cursor }, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(
            () => opened.History.ListEventsAsync(new() { After = cursor }, CancellationToken.None));
    }

    [Fact]
    public async Task ListEvents_PagesOfAJob_AreNewestFirst()
    {
        await using var opened = await OpenAsync();
        var events = Enumerable.Range(0, 20)
            .Select(i => Event($"1-{i}", i % 3 == 0 ? "it's" : "b", Start.PlusTicks(i))).ToArray();
        await AppendAsync(opened, events);

        Assert.Equal(events.Reverse(), await ListEventsAsync(opened, new() { Limit = 7 }));
        Assert.Equal(
            events.Reverse().Where(record => record.Event.JobName == "it's"),
            await ListEventsAsync(opened, new() { Limit = 2, JobName = "it's" }));
    }

    [Fact]
    public async Task Append_SameEventAgain_ReplacesItInItsPlace()
    {
        await using var opened = await OpenAsync();
        EventRecord first = Event("1", "a", Start), second = Event("2", "a", Start), changed = Event("1", "b", Start);

        await AppendAsync(opened, first, second);
        await AppendAsync(opened, changed);

        Assert.Equal([second, changed], await ListEventsAsync(opened, new()));
    }

    /// <summary>All runs of a query, page by page; each page but the last must be full.</summary>
    private static async Task<List<RunRecord>> ListAsync(OpenedHistory opened, RunQuery query)
    {
        var items = new List<RunRecord>();
        while (true)
        {
            var page = await opened.History.ListRunsAsync(query, CancellationToken.None);
            items.AddRange(page.Items);
            if (page.Next is null) return items;
            Assert.Equal(query.Limit, page.Items.Count);
            query = query with { After = page.Next };
        }
    }

    private static async Task<List<EventRecord>> ListEventsAsync(OpenedHistory opened, EventQuery query)
    {
        var items = new List<EventRecord>();
        while (true)
        {
            var page = await opened.History.ListEventsAsync(query, CancellationToken.None);
            items.AddRange(page.Items);
            if (page.Next is null) return items;
            query = query with { After = page.Next };
        }
    }

    private static Task AppendAsync(OpenedHistory opened, params IReadOnlyList<HistoryRecord> records) =>
        opened.History.AppendAsync(records, CancellationToken.None);

    private static Task<RunRecord?> FindAsync(OpenedHistory opened, RunRecord record) =>
        opened.History.FindRunAsync(record.Run.Id, CancellationToken.None);

    private static IEnumerable<RunRecord> Newest(IEnumerable<RunRecord> records) =>
        records.OrderByDescending(record => record.Run.Nominal).ThenByDescending(record => record.Run.Id);

    private static RunRecord[] RandomRecords(Random random) =>
    [
        .. Enumerable.Range(0, 600).Select(i => Run(
            $"job-{i % 4}",
            Start.PlusTicks(i / 8),
            (RunState)random.Next((int)RunState.Succeeded, (int)RunState.Lost + 1),
            [.. new[] { Red, Blue }.Where(_ => random.Next(3) == 0)])).DistinctBy(record => record.Run.Id),
    ];

    private static RunQuery RandomQuery(Random random) => new()
    {
        JobName = random.Next(3) == 0 ? $"job-{random.Next(5)}" : null,
        States = [.. Enumerable.Range(0, random.Next(4)).Select(_ =>
            (RunState)random.Next((int)RunState.Succeeded, (int)RunState.Lost + 1))],
        From = random.Next(3) == 0 ? Start.PlusTicks(random.Next(80)) : null,
        Until = random.Next(3) == 0 ? Start.PlusTicks(random.Next(80)) : null,
        Label = random.Next(3) switch { 0 => Red, 1 => new("colour", "none"), _ => null },
        Limit = random.Next(1, 60),
    };

    private static bool Matches(RunRecord record, RunQuery query) =>
        (query.JobName ?? record.JobName) == record.JobName
        && (query.States.IsEmpty || query.States.Contains(record.Run.State))
        && (query.From ?? Instant.MinValue) <= record.Run.Nominal
        && record.Run.Nominal < (query.Until ?? Instant.MaxValue)
        && (query.Label is null || record.Labels.Contains(query.Label));
}

/// <summary>A history under test.</summary>
/// <param name="History">The history.</param>
/// <param name="CloseAsync">Closes it.</param>
public sealed record OpenedHistory(IRunHistory History, Func<ValueTask> CloseAsync) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();
}
