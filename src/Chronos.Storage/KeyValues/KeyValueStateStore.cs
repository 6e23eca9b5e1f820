using System.Runtime.CompilerServices;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.KeyValues;

/// <summary>The state store over a store of small values with small transactions.
/// <para><b>Fence.</b> One value holds the newest term, the newest batch and how many of its units are committed. Each
/// transaction relies on the fence's version and changes it. So a commit of an older term is refused by the store
/// itself; a commit that is repeated finds out what of it has happened; and a request that was given up and arrives
/// late changes nothing.</para>
/// <para><b>Groups.</b> Units are put into as few transactions as the limits allow, in order.</para>
/// <para><b>Too large for a value.</b> A large document is written in parts beforehand, under names that nobody refers
/// to yet; the transaction then writes a reference. Parts that lost their reference are removed afterwards, and those
/// of a process that died, at the next load.</para>
/// <para><b>Too large for a transaction.</b> The changes of such a unit are written in parts as one text, then the
/// fence names it: that is its commit. Then they are carried out in several transactions, and the fence forgets the
/// text. Whoever finds a fence that names one carries it out first; doing it twice does no harm.</para>
/// <para><b>A store that goes back</b>, because a backup was put in its place or somebody deleted it, has lost what was
/// answered as done. Going on would mix both; the leadership ends, and the next one loads what there is.</para>
/// </summary>
internal sealed class KeyValueStateStore(IKeyValues keyValues, IRunHistory history) : IStateStore
{
    private readonly LargeValues large = new(keyValues);
    private KnownFence? known;
    private Fence acknowledged = Fence.None; // the newest that the store said it has taken

    /// <inheritdoc/>
    public int BatchUnits => keyValues.Limits.BatchUnits;

    /// <inheritdoc/>
    public async Task<long> ReadTermAsync(CancellationToken cancellationToken) =>
        (await LookAtFenceAsync(cancellationToken)).Content.Term;

    /// <summary>Takes the store. One with parts has to be read: only that tells what refers to them.</summary>
    /// <inheritdoc/>
    public async Task<StorePosition?> TakeAsync(long term, CancellationToken cancellationToken)
    {
        var fence = await TakeFenceAsync(term, cancellationToken);
        large.Forget();
        var parts = await keyValues.ListNamesAsync(Area.Parts, cancellationToken);
        return parts.Count == 0 ? fence.Position : null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredDocument> LoadAsync(
        long term, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await TakeFenceAsync(term, cancellationToken);
        await CarryOutStagedAsync(term, cancellationToken);
        large.Forget();
        using var reading = new DocumentPages(
            keyValues, large, token => ThrowIfTakenAsync(term, token), cancellationToken);
        await foreach (var page in reading.ReadAsync())
            foreach (var document in page) yield return document;
        await RemoveOrphansAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        cancellationToken.ThrowIfCancellationRequested();
        var fence = known?.Content ?? (await ReadFenceAsync(cancellationToken)).Content;
        if (fence.Term > batch.Term) throw Fenced(fence.Term, batch.Term);
        await CarryOutStagedAsync(batch.Term, cancellationToken);
        if (!fence.Has(batch) && batch.Units.Count > 0)
        {
            var records = batch.Units.SelectMany(unit => unit.Records).ToList();
            if (records.Count > 0) await history.AppendAsync(records, cancellationToken);
            for (var next = fence.NextUnitOf(batch); next < batch.Units.Count;)
                next = await CommitGroupAsync(batch, next, cancellationToken);
        }

        await RemoveAsync(large.UnreferencedNames, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => keyValues.DisposeAsync();

    private async Task<Fence> TakeFenceAsync(long term, CancellationToken cancellationToken)
    {
        known = null;
        while (true)
        {
            var (version, fence) = await LookAtFenceAsync(cancellationToken);
            if (fence.Term > term) throw Fenced(fence.Term, term);
            var taken = fence.TakenBy(term);
            if (await keyValues.WriteAsync(version, taken.ToJson(), [], cancellationToken) is not { } next) continue;
            (known, acknowledged) = (new(next, taken), taken);
            return taken;
        }
    }

    private async Task<int> CommitGroupAsync(CommitBatch batch, int start, CancellationToken cancellationToken)
    {
        var group = UnitGroup.Take(batch.Units, start, keyValues.Limits);
        var fence = new Fence
        {
            Term = batch.Term, Batch = batch.Id, Units = group.End == batch.Units.Count ? null : group.End,
        };
        if (group.IsOversized)
        {
            var text = StagedChanges.Write(group.Changes);
            var parts = await large.WritePartsAsync(text, WritePartAsync, Version, cancellationToken);
            large.Keep(parts);
            await WriteAsync(fence with { Staged = parts }, [], cancellationToken);
            await CarryOutAsync(group.Changes, parts, cancellationToken);
        }
        else
        {
            await WriteDocumentsAsync(fence, group.Changes, cancellationToken);
        }

        return group.End;
    }

    private async Task CarryOutStagedAsync(long term, CancellationToken cancellationToken)
    {
        if (Known.Content.Staged is not { } parts) return;
        try
        {
            var text = await large.ReadPartsAsync(parts, cancellationToken);
            await CarryOutAsync(StagedChanges.Read(text), parts, cancellationToken);
        }
        catch (FormatException e)
        {
            await ThrowIfTakenAsync(term, cancellationToken);
            throw new StoreCorruptException($"{keyValues.Place} holds a decision that is damaged: {e.Message} Restore "
                + "a backup.", e);
        }
    }

    private async Task CarryOutAsync(
        IReadOnlyList<DocumentChange> changes, PartsReference parts, CancellationToken cancellationToken)
    {
        foreach (var some in UnitGroup.Split(changes, keyValues.Limits))
            await WriteDocumentsAsync(fence: null, some, cancellationToken);
        await WriteAsync(Known.Content with { Staged = null }, [], cancellationToken);
        large.Unreference(parts);
    }

    private async Task WriteDocumentsAsync(
        Fence? fence, IReadOnlyList<DocumentChange> documents, CancellationToken cancellationToken)
    {
        var changes = new List<KeyChange>(documents.Count);
        var references = new List<(DocumentKey Key, PartsReference? Parts)>();
        foreach (var (key, json) in documents)
        {
            var value = json;
            PartsReference? parts = null;
            if (json?.Length > keyValues.Limits.ValueBytes)
            {
                parts = await large.WritePartsAsync(json.Value, WritePartAsync, Version, cancellationToken);
                value = parts.ToValue();
            }

            changes.Add(new(AreaOf(key.Kind), key.Name, value));
            references.Add((key, parts));
        }

        foreach (var (_, parts) in references)
            if (parts is not null) large.Keep(parts);
        await WriteAsync(fence, changes, cancellationToken);
        foreach (var (key, parts) in references) large.Refer(key, parts);
    }

    private Task WritePartAsync(KeyChange part, CancellationToken cancellationToken) =>
        WriteAsync(fence: null, [part], cancellationToken);

    private async Task RemoveOrphansAsync(CancellationToken cancellationToken)
    {
        var names = await keyValues.ListNamesAsync(Area.Parts, cancellationToken);
        await RemoveAsync([.. names.Except(large.ReferencedNames)], cancellationToken);
    }

    private async Task RemoveAsync(IReadOnlyList<string> parts, CancellationToken cancellationToken)
    {
        foreach (var some in parts.Chunk(Math.Min(keyValues.Limits.Changes, 64)))
        {
            await WriteAsync(null, [.. some.Select(name => new KeyChange(Area.Parts, name, null))], cancellationToken);
            large.Removed(some);
        }
    }

    /// <summary>Writes in one transaction, as the leader that the fence names.</summary>
    private async Task WriteAsync(
        Fence? fence, IReadOnlyList<KeyChange> changes, CancellationToken cancellationToken)
    {
        var (version, content) = Known;
        known = null; // until it is known whether the transaction has happened
        // Written out: an array that is null would become a fence that is empty.
        ReadOnlyMemory<byte>? json = fence is null ? default(ReadOnlyMemory<byte>?) : fence.ToJson();
        var next = await keyValues.WriteAsync(version, json, changes, cancellationToken);
        if (next is not { } written) throw await RefusalAsync(content.Term, cancellationToken);
        known = new(written, fence ?? content);
        acknowledged = known.Content;
    }

    private async Task<Exception> RefusalAsync(long term, CancellationToken cancellationToken)
    {
        var newest = (await ReadFenceAsync(cancellationToken)).Content.Term;
        return newest > term
            ? Fenced(newest, term)
            : new StoreUnavailableException(
                $"An earlier request of this node reached {keyValues.Place} late; what it did is being found out.");
    }

    /// <summary>Reads the fence that the next write relies on.</summary>
    private async Task<KnownFence> ReadFenceAsync(CancellationToken cancellationToken)
    {
        var read = await LookAtFenceAsync(cancellationToken);
        if (read.Content.IsBefore(acknowledged))
            throw new StoreFencedException($"{keyValues.Place} is at batch {read.Content.Batch} of term "
                + $"{read.Content.Term} and has been at batch {acknowledged.Batch} of term {acknowledged.Term}: it was "
                + "deleted, or replaced by a backup. It has to be loaded anew.");
        known = read;
        return read;
    }

    private async Task<KnownFence> LookAtFenceAsync(CancellationToken cancellationToken)
    {
        var stored = await keyValues.ReadFenceAsync(cancellationToken);
        return new(stored.Version, Fence.Read(stored, keyValues.Place));
    }

    /// <summary>Whoever reads while a newer leader writes sees what does not fit together; then nothing is damaged.
    /// </summary>
    private async Task ThrowIfTakenAsync(long term, CancellationToken cancellationToken)
    {
        var newest = (await LookAtFenceAsync(cancellationToken)).Content.Term;
        if (newest > term) throw Fenced(newest, term);
    }

    private KnownFence Known =>
        known ?? throw new InvalidOperationException("The fence must be read before anything is written.");

    private long Version => Known.Version;

    private StoreFencedException Fenced(long newest, long asked) =>
        new($"Term {newest} has taken {keyValues.Place}; term {asked} may not write any more.");

    internal static Area AreaOf(DocumentKind kind) => kind switch
    {
        DocumentKind.Definition => Area.Definitions,
        DocumentKind.State => Area.States,
        DocumentKind.Meta => Area.Meta,
        _ => throw new InvalidOperationException($"There is no area for documents of kind {kind}."),
    };

    private sealed record KnownFence(long Version, Fence Content);
}
