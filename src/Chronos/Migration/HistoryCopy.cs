using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;

namespace Chronos.Migration;

/// <summary>Copies the history of runs, page by page.</summary>
internal sealed class HistoryCopy(IRunHistory from, IRunHistory to, TextWriter progress)
{
    private const int PageRecords = 1_000;
    private const int ProgressPages = 20;
    private long runCount;
    private long eventCount;

    /// <summary>Copies runs and events.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (string? after = null; ;)
        {
            var page = await RunsAsync(from, after, cancellationToken);
            await to.AppendAsync(page.Items, cancellationToken);
            runCount += page.Items.Count;
            Tell(runCount, "runs");
            if ((after = page.Next) is null) break;
        }

        // Events are listed in the order of their appending, so the oldest page is appended first.
        foreach (var after in await EventPagesAsync(cancellationToken))
        {
            var page = await EventsAsync(from, after, cancellationToken);
            await to.AppendAsync([.. page.Items.Reverse()], cancellationToken);
            eventCount += page.Items.Count;
            Tell(eventCount, "events");
        }
    }

    /// <summary>Makes sure that the copy has every run and event, in the same order.</summary>
    /// <exception cref="MigrationRefusedException">It has not.</exception>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        await CompareAsync(
            AllAsync(RunsAsync, from, cancellationToken), AllAsync(RunsAsync, to, cancellationToken),
            run => $"run {run.Run.Id}");
        await CompareAsync(
            AllAsync(EventsAsync, from, cancellationToken), AllAsync(EventsAsync, to, cancellationToken),
            happened => $"event {happened.Id}");
    }

    /// <summary>What was copied, as the end of a sentence.</summary>
    public override string ToString() => runCount + eventCount == 0
        ? ""
        : $", {runCount} runs and {eventCount} events";

    private static async Task CompareAsync<T>(
        IAsyncEnumerable<T> wanted, IAsyncEnumerable<T> present, Func<T, string> describe)
    {
        await using var copy = present.GetAsyncEnumerator();
        await foreach (var record in wanted)
        {
            // The copy may have older ones of its own between them.
            do
            {
                if (!await copy.MoveNextAsync())
                    throw new MigrationRefusedException(
                        $"The copy differs: {describe(record)} is missing or not the same. Migrate again with "
                        + "--replace.");
            }
            while (!Equals(copy.Current, record));
        }
    }

    private static async IAsyncEnumerable<T> AllAsync<T>(
        Func<IRunHistory, string?, CancellationToken, Task<HistoryPage<T>>> read, IRunHistory history,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (string? after = null; ;)
        {
            var page = await read(history, after, cancellationToken);
            foreach (var record in page.Items) yield return record;
            if ((after = page.Next) is null) break;
        }
    }

    /// <summary>Where the pages of events begin, the oldest first.</summary>
    private async Task<Stack<string?>> EventPagesAsync(CancellationToken cancellationToken)
    {
        var pages = new Stack<string?>();
        for (string? after = null; ;)
        {
            pages.Push(after);
            after = (await EventsAsync(from, after, cancellationToken)).Next;
            if (after is null) return pages;
        }
    }

    private static Task<HistoryPage<RunRecord>> RunsAsync(
        IRunHistory history, string? after, CancellationToken cancellationToken) =>
        history.ListRunsAsync(new() { Limit = PageRecords, After = after }, cancellationToken);

    private static Task<HistoryPage<EventRecord>> EventsAsync(
        IRunHistory history, string? after, CancellationToken cancellationToken) =>
        history.ListEventsAsync(new() { Limit = PageRecords, After = after }, cancellationToken);

    private void Tell(long count, string what)
    {
        if (count > 0 && count % (ProgressPages * PageRecords) == 0) progress.WriteLine($"{count} {what} ...");
    }
}
