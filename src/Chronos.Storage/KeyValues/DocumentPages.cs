using System.Threading.Channels;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.KeyValues;

/// <summary>Reads all documents, the kinds side by side and a few pages ahead of who takes them.</summary>
/// <param name="keyValues">Has them.</param>
/// <param name="large">Is told which are kept in parts.</param>
/// <param name="throwIfTaken">Fails where a newer leadership writes meanwhile.</param>
/// <param name="cancellationToken">Gives up.</param>
internal sealed class DocumentPages(
    IKeyValues keyValues, LargeValues large, Func<CancellationToken, Task> throwIfTaken,
    CancellationToken cancellationToken) : IDisposable
{
    private const int PagesAheadMax = 8;

    private readonly CancellationTokenSource stopping =
        CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

    private readonly Channel<IReadOnlyList<StoredDocument>> pages =
        Channel.CreateBounded<IReadOnlyList<StoredDocument>>(PagesAheadMax);

    public async IAsyncEnumerable<IReadOnlyList<StoredDocument>> ReadAsync()
    {
        var reading = ReadKindsAsync();
        try
        {
            while (await pages.Reader.WaitToReadAsync(cancellationToken))
                while (pages.Reader.TryRead(out var page)) yield return page;
            await reading; // fails where reading failed
        }
        finally
        {
            await stopping.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => stopping.Dispose();

    private async Task ReadKindsAsync()
    {
        try
        {
            await Task.WhenAll(Enum.GetValues<DocumentKind>().Select(ReadKindAsync));
        }
        finally
        {
            pages.Writer.Complete();
        }
    }

    private async Task ReadKindAsync(DocumentKind kind)
    {
        try
        {
            var area = KeyValueStateStore.AreaOf(kind);
            await foreach (var page in keyValues.ReadAllAsync(area, stopping.Token))
            {
                var documents = new List<StoredDocument>(page.Count);
                foreach (var (name, value) in page)
                    documents.Add(new(new(kind, name), await WholeAsync(new(kind, name), value)));
                await pages.Writer.WriteAsync(documents, stopping.Token);
            }
        }
        catch
        {
            await stopping.CancelAsync(); // the other kinds need not be read
            throw;
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> WholeAsync(DocumentKey key, ReadOnlyMemory<byte> value)
    {
        if (!PartsReference.IsReference(value.Span)) return value;
        try
        {
            var parts = PartsReference.Parse(value.Span);
            large.Refer(key, parts);
            return await large.ReadPartsAsync(parts, stopping.Token);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            await throwIfTaken(stopping.Token);
            throw new StoreCorruptException($"The {key.Kind.ToString().ToLowerInvariant()} of '{key.Name}' in "
                + $"{keyValues.Place} is damaged: {e.Message} Restore a backup, or delete both its documents to lose "
                + "this job only.", e);
        }
    }
}
