using System.Text;
using Chronos.Runtime.Ports;
using Xunit;

namespace Chronos.Testing.Storage;

/// <summary>What every state store must do, whatever holds it.</summary>
public abstract class StateStoreConformance
{
    private const int LargeDocumentBytes = 10 * 1024 * 1024;

    /// <summary>Whether taking the store tells how far it has come.</summary>
    protected virtual bool TellsPositions => true;

    /// <summary>Opens the store under test with its history. Opened again within a test, it has the same content.
    /// </summary>
    protected abstract Task<OpenedStore> OpenAsync();

    [Fact]
    public async Task Load_NewStore_IsEmpty()
    {
        await using var opened = await OpenAsync();

        Assert.Empty(await LoadAsync(opened.Store, term: 1));
    }

    [Fact]
    public async Task ReadTerm_AfterLoads_IsTheNewestAndSurvivesReopening()
    {
        await using (var opened = await OpenAsync())
        {
            Assert.Equal(0, await opened.Store.ReadTermAsync(CancellationToken.None));
            await LoadAsync(opened.Store, term: 7);
        }

        await using var reopened = await OpenAsync();
        Assert.Equal(7, await reopened.Store.ReadTermAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Take_TellsHowFarTheTermsBeforeHaveCome()
    {
        await using (var opened = await OpenAsync())
        {
            await LoadAsync(opened.Store, term: 1);
            await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.State, "a", "1"));
            await CommitAsync(opened.Store, 1, 2, Put(DocumentKind.State, "a", "2"));
        }

        await using var next = await OpenAsync();
        var first = await next.Store.TakeAsync(term: 2, CancellationToken.None);
        var unchanged = await next.Store.TakeAsync(term: 3, CancellationToken.None);
        await CommitAsync(next.Store, 3, 1, Put(DocumentKind.State, "a", "3"));
        var last = await next.Store.TakeAsync(term: 4, CancellationToken.None);

        Assert.Equal(TellsPositions ? new StorePosition(1, 2) : null, first);
        Assert.Equal(first, unchanged);
        Assert.Equal(TellsPositions ? new StorePosition(3, 1) : null, last);
        Assert.Equal(["State a 3"], await LoadAsync(next.Store, term: 4));
    }

    [Fact]
    public async Task Take_PartOfABatchIsCommitted_TellsExactlyWhatTheStoreHolds()
    {
        const int UnitCount = 600; // more, and with larger documents, than stores with small transactions take in one
        var document = $"\"{new string('x', 5_000)}\"";
        await using (var opened = await OpenAsync())
        {
            await LoadAsync(opened.Store, term: 1);
            await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.State, "before", "1"));
            using var unreadable = new UnreadableMemory(length: 1);
            var units = Enumerable.Range(0, UnitCount)
                .Select(i => new CommitUnit([Put(DocumentKind.State, $"{i:000}", document)], []))
                .Append(new([new(new(DocumentKind.State, "never"), unreadable.Memory)], []));

            await Assert.ThrowsAsync<UnreadableMemoryException>(
                () => opened.Store.CommitAsync(new(2, 1, [.. units]), CancellationToken.None));
        }

        await using var next = await OpenAsync();
        var position = await next.Store.TakeAsync(term: 2, CancellationToken.None);
        var held = await LoadAsync(next.Store, term: 2);
        var committed = held.Count - 1;

        Assert.Equal(
            [.. Enumerable.Range(0, committed).Select(i => $"State {i:000} {document}"), "State before 1"], held);
        if (position is { } told) // a store that holds parts of large documents has to be read
            Assert.Equal(committed == 0 ? new StorePosition(1, 1) : new StorePosition(1, 2, committed), told);
        Assert.InRange(committed, 0, UnitCount); // and so not the one that nobody could read
        TestContext.Current.TestOutputHelper?.WriteLine($"{committed} units were committed.");
    }

    [Fact]
    public async Task Take_OfAnOlderTerm_IsFenced()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 2);

        await Assert.ThrowsAsync<StoreFencedException>(
            () => opened.Store.TakeAsync(term: 1, CancellationToken.None));
    }

    [Fact]
    public async Task Commit_AfterTake_NeedsNoLoad()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);
        await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.State, "a", "1"));

        await opened.Store.TakeAsync(term: 2, CancellationToken.None);
        await CommitAsync(opened.Store, 2, 1, Put(DocumentKind.State, "b", "1"));

        Assert.Equal(["State a 1", "State b 1"], await LoadAsync(opened.Store, term: 2));
        await Assert.ThrowsAsync<StoreFencedException>(
            () => CommitAsync(opened.Store, 1, 2, Put(DocumentKind.State, "a", "2")));
    }

    [Fact]
    public async Task Commit_DocumentsOfEveryKind_AreLoadedAfterReopening()
    {
        await using (var opened = await OpenAsync())
        {
            await LoadAsync(opened.Store, term: 1);
            await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.Definition, "a", "{\"d\":1}"));
            await CommitAsync(
                opened.Store, 1, 2, Put(DocumentKind.State, "a", "{\"s\":1}"),
                    Put(DocumentKind.Meta, "a", "{\"m\":1}"));
        }

        await using var reopened = await OpenAsync();
        Assert.Equal(
            ["Definition a {\"d\":1}", "State a {\"s\":1}", "Meta a {\"m\":1}"],
                await LoadAsync(reopened.Store, term: 2));
    }

    [Fact]
    public async Task Commit_PutsAndDeletesOfOneKey_HappenInOrder()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);

        await CommitAsync(
            opened.Store, 1, 1,
            Put(DocumentKind.State, "kept", "1"),
            Put(DocumentKind.State, "gone", "1"),
            Put(DocumentKind.State, "back", "1"),
            Put(DocumentKind.State, "kept", "2"),
            Delete(DocumentKind.State, "gone"),
            Delete(DocumentKind.State, "back"),
            Put(DocumentKind.State, "back", "3"),
            Delete(DocumentKind.State, "never there"));

        Assert.Equal(["State back 3", "State kept 2"], await LoadAsync(opened.Store, term: 1));
    }

    [Fact]
    public async Task Commit_EmptyBatch_Succeeds()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);

        await opened.Store.CommitAsync(new(1, 1, []), CancellationToken.None);
        await opened.Store.CommitAsync(new(2, 1, [new([], [])]), CancellationToken.None);

        Assert.Empty(await LoadAsync(opened.Store, term: 1));
    }

    [Fact]
    public async Task Commit_RepeatedBatch_ChangesNothing()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);
        await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.State, "a", "1"));
        await CommitAsync(opened.Store, 1, 2, Put(DocumentKind.State, "a", "2"));

        await CommitAsync(opened.Store, 1, 2, Put(DocumentKind.State, "a", "wrong"));
        await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.State, "a", "wrong"));

        Assert.Equal(["State a 2"], await LoadAsync(opened.Store, term: 1));
    }

    [Fact]
    public async Task Commit_RepeatedAfterReopening_ChangesNothing()
    {
        await using (var opened = await OpenAsync())
        {
            await LoadAsync(opened.Store, term: 1);
            await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.State, "a", "1"));
        }

        await using var reopened = await OpenAsync();
        await CommitAsync(reopened.Store, 1, 1, Put(DocumentKind.State, "a", "wrong"));

        Assert.Equal(["State a 1"], await LoadAsync(reopened.Store, term: 1));
    }

    [Fact]
    public async Task Load_SameTermAgain_NumbersBatchesAnew()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);
        await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.State, "a", "1"));
        await LoadAsync(opened.Store, term: 1);

        await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.State, "a", "2"));

        Assert.Equal(["State a 2"], await LoadAsync(opened.Store, term: 1));
    }

    [Fact]
    public async Task Commit_OlderTerm_IsFencedAndWritesNothing()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);
        await LoadAsync(opened.Store, term: 2);
        var record = HistorySamples.Run("a", HistorySamples.Start);
        var unit = new CommitUnit([Put(DocumentKind.State, "a", "1")], [record]);

        await Assert.ThrowsAsync<StoreFencedException>(
            () => opened.Store.CommitAsync(new(1, 1, [unit]), CancellationToken.None));

        Assert.Empty(await LoadAsync(opened.Store, term: 2));
        Assert.Null(await opened.History.FindRunAsync(record.Run.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Load_OlderTerm_IsFenced()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 5);

        await Assert.ThrowsAsync<StoreFencedException>(() => LoadAsync(opened.Store, term: 4));
        await CommitAsync(opened.Store, 5, 1, Put(DocumentKind.State, "a", "1"));
    }

    [Fact]
    public async Task Load_AfterReopening_StillFencesOlderTerms()
    {
        await using (var opened = await OpenAsync()) await LoadAsync(opened.Store, term: 5);

        await using var reopened = await OpenAsync();
        await Assert.ThrowsAsync<StoreFencedException>(() => LoadAsync(reopened.Store, term: 4));
    }

    [Fact]
    public async Task Commit_Records_AreInTheHistory()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);
        var run = HistorySamples.Run("a", HistorySamples.Start);
        var happened = HistorySamples.Event("1", "a", HistorySamples.Start);

        await opened.Store.CommitAsync(new(1, 1, [new([], [run, happened])]), CancellationToken.None);

        Assert.Equal(run, await opened.History.FindRunAsync(run.Run.Id, CancellationToken.None));
        var events = await opened.History.ListEventsAsync(new(), CancellationToken.None);
        Assert.Equal([happened], events.Items);
    }

    [Theory]
    [InlineData("it's \"quoted\"; DROP TABLE states; --")]
    [InlineData("ünïcödé 日本 🚀")]
    [InlineData("")]
    [InlineData("%_\\ \t?1 $name :x")]
    public async Task Commit_AnyName_IsKeptAsItIs(string name)
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);

        await CommitAsync(
            opened.Store, 1, 1, Put(DocumentKind.State, name, "\"ü '\""), Put(DocumentKind.State, name + "x", "1"));
        await CommitAsync(opened.Store, 1, 2, Delete(DocumentKind.State, name + "x"));

        Assert.Equal([$"State {name} \"ü '\""], await LoadAsync(opened.Store, term: 1));
    }

    [Fact]
    public async Task Commit_NamesThatDifferInCase_AreTwo()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);

        await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.State, "Job", "1"), Put(DocumentKind.State, "job", "2"));

        Assert.Equal(["State Job 1", "State job 2"], await LoadAsync(opened.Store, term: 1));
    }

    [Fact]
    public async Task Commit_LargeDocument_IsKept()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);
        var text = $"\"{new string('x', LargeDocumentBytes)}\"";

        await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.Definition, "large", text));

        Assert.Equal([$"Definition large {text}"], await LoadAsync(opened.Store, term: 1));
    }

    [Fact]
    public async Task Commit_CallerUsesItsBufferAgain_DocumentStays()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);
        var buffer = "12345"u8.ToArray();
        var change = new DocumentChange(new(DocumentKind.State, "a"), buffer);

        await opened.Store.CommitAsync(new(1, 1, [new([change], [])]), CancellationToken.None);
        buffer.AsSpan().Fill((byte)'9');

        Assert.Equal(["State a 12345"], await LoadAsync(opened.Store, term: 1));
    }

    [Fact]
    public async Task Commit_CancelledBefore_Throws()
    {
        await using var opened = await OpenAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => opened.Store.CommitAsync(new(1, 1, []), new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Load_GivenUpHalfWay_LeavesTheStoreUsable()
    {
        await using var opened = await OpenAsync();
        await LoadAsync(opened.Store, term: 1);
        var puts = Enumerable.Range(0, 20_000).Select(i => Put(DocumentKind.State, $"job-{i}", "{\"v\":1}")).ToArray();
        await CommitAsync(opened.Store, 1, 1, puts);

        await foreach (var _ in opened.Store.LoadAsync(1, CancellationToken.None)) break;

        await CommitAsync(opened.Store, 1, 1, Put(DocumentKind.State, "one more", "1"));
        Assert.Equal(puts.Length + 1, (await LoadAsync(opened.Store, term: 1)).Count);
    }

    /// <summary>The documents as text, sorted by kind and name.</summary>
    protected static async Task<IReadOnlyList<string>> LoadAsync(IStateStore store, long term)
    {
        var documents = new List<StoredDocument>();
        await foreach (var document in store.LoadAsync(term, CancellationToken.None)) documents.Add(document);
        return
        [
            .. documents.OrderBy(document => document.Key.Kind)
                .ThenBy(document => document.Key.Name, StringComparer.Ordinal)
                .Select(document =>
                    $"{document.Key.Kind} {document.Key.Name} {Encoding.UTF8.GetString(document.Json.Span)}"),
        ];
    }

    /// <summary>Commits each change as a unit of its own.</summary>
    protected static Task CommitAsync(IStateStore store, long term, long id, params DocumentChange[] changes) =>
        store.CommitAsync(
            new(id, term, [.. changes.Select(change => new CommitUnit([change], []))]), CancellationToken.None);

    protected static DocumentChange Put(DocumentKind kind, string name, string json) =>
        new(new(kind, name), Encoding.UTF8.GetBytes(json));

    protected static DocumentChange Delete(DocumentKind kind, string name) => new(new(kind, name), null);
}

/// <summary>A store under test.</summary>
/// <param name="Store">The store.</param>
/// <param name="History">The history that gets its records.</param>
/// <param name="CloseAsync">Closes both.</param>
public sealed record OpenedStore(IStateStore Store, IRunHistory History, Func<ValueTask> CloseAsync) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();
}
