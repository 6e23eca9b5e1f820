using System.Buffers.Binary;
using System.Security.Cryptography;
using Chronos.Runtime.Ports;
using Chronos.Serving;

namespace Chronos.Migration;

/// <summary>Copies a store. Both are led meanwhile, so that no server begins to write. The target is not below the
/// source's term at the end, so that what is numbered by terms stays unique; and until then it holds a document that
/// says that it is no whole.</summary>
/// <param name="stores">The two.</param>
/// <param name="replaces">Whether what the target holds may go.</param>
/// <param name="lease">How long a leader that is not heard of counts as one.</param>
/// <param name="progress">Is told how far it has come.</param>
public sealed class StateMigration(MigrationStores stores, bool replaces, TimeSpan lease, TextWriter progress)
{
    private const int ProgressDocuments = 20_000;
    private readonly Dictionary<DocumentKey, UInt128> copied = [];

    /// <summary>Copies and compares.</summary>
    /// <returns>What was done, as a sentence.</returns>
    /// <exception cref="MigrationRefusedException">A server leads, the target is not empty, or the copy differs.
    /// </exception>
    /// <exception cref="LeadershipLostException">A server took the lead meanwhile.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        await using var source = await HeldLead.TakeAsync(
            stores.From.Election, "source", lease, progress, cancellationToken);
        await using var target = await HeldLead.TakeAsync(
            stores.To.Election, "target", lease, progress, cancellationToken);
        var term = Math.Max(source.Term, target.Term);
        var writer = new DocumentWriter(stores.To.Store, term);
        await ClearAsync(writer, cancellationToken);
        await CopyAsync(source.Term, writer, cancellationToken);
        var history = new HistoryCopy(stores.From.History, stores.To.History, progress);
        if (!stores.SharesHistory) await history.RunAsync(cancellationToken);
        progress.WriteLine("Comparing ...");
        await CompareAsync(term, cancellationToken);
        if (!stores.SharesHistory) await history.CompareAsync(cancellationToken);
        await source.ConfirmAsync(cancellationToken);
        await target.ConfirmAsync(cancellationToken);
        await writer.AddAsync(UnfinishedCopy.End, cancellationToken);
        await writer.FlushAsync(cancellationToken);
        var jobs = copied.Keys.Count(key => key.Kind == DocumentKind.Definition);
        return $"Copied and compared {jobs} jobs ({copied.Count} documents){history}. Start the servers with the new "
            + "--state, and none with the old one.";
    }

    private async Task ClearAsync(DocumentWriter writer, CancellationToken cancellationToken)
    {
        var present = new List<DocumentKey>();
        await foreach (var document in stores.To.Store.LoadAsync(writer.Term, cancellationToken))
            present.Add(document.Key);
        if (present.Count > 0 && !replaces)
            throw new MigrationRefusedException(present.Contains(UnfinishedCopy.Key)
                ? "The target holds a copy that was not finished. Give --replace to delete it."
                : $"The target holds {present.Count} documents already. Name an empty one, or give --replace to "
                    + "delete them.");
        var runs = await stores.To.History.ListRunsAsync(new() { Limit = 1 }, cancellationToken);
        if (runs.Items.Count > 0 && !replaces && !stores.SharesHistory)
            throw new MigrationRefusedException("The target holds a history of runs already. Name an empty one, or "
                + "give --replace to keep it beside the history that is copied.");
        await writer.AddAsync(UnfinishedCopy.Begin, cancellationToken);
        await writer.FlushAsync(cancellationToken);
        foreach (var key in present)
            if (key != UnfinishedCopy.Key) await writer.AddAsync(new(key, null), cancellationToken);
    }

    private async Task CopyAsync(long term, DocumentWriter writer, CancellationToken cancellationToken)
    {
        await foreach (var document in stores.From.Store.LoadAsync(term, cancellationToken))
        {
            if (document.Key == UnfinishedCopy.Key)
                throw new MigrationRefusedException("The source is itself a copy that was not finished.");
            copied.Add(document.Key, Hash(document.Json));
            await writer.AddAsync(new(document.Key, document.Json), cancellationToken);
            if (copied.Count % ProgressDocuments == 0) progress.WriteLine($"{copied.Count} documents ...");
        }

        if (copied.Count == 0)
            throw new MigrationRefusedException("The source holds nothing. Check --from and --data-dir.");
        await writer.FlushAsync(cancellationToken);
    }

    private async Task CompareAsync(long term, CancellationToken cancellationToken)
    {
        var left = new Dictionary<DocumentKey, UInt128>(copied);
        await foreach (var document in stores.To.Store.LoadAsync(term, cancellationToken))
        {
            if (document.Key == UnfinishedCopy.Key) continue;
            if (!left.Remove(document.Key, out var hash) || hash != Hash(document.Json)) throw Differs(document.Key);
        }

        if (left.Count > 0) throw Differs(left.Keys.First());
    }

    private static MigrationRefusedException Differs(DocumentKey key) =>
        new($"The copy differs: the {key.Kind.ToString().ToLowerInvariant()} '{key.Name}' is not the same in both. "
            + "Migrate again with --replace.");

    private static UInt128 Hash(ReadOnlyMemory<byte> json)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(json.Span, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
