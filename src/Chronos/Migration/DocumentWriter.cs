using System.Diagnostics;
using Chronos.Runtime.Ports;

namespace Chronos.Migration;

/// <summary>Commits changes, many at a time and each until it is known to have happened.</summary>
internal sealed class DocumentWriter(IStateStore store, long term)
{
    private const int UnitsPerBatch = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly List<CommitUnit> units = [];
    private long batch;

    /// <summary>The term it commits in.</summary>
    public long Term => term;

    public async Task AddAsync(DocumentChange change, CancellationToken cancellationToken)
    {
        units.Add(new([change], []));
        if (units.Count == UnitsPerBatch) await FlushAsync(cancellationToken);
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (units.Count == 0) return;
        var next = new CommitBatch(++batch, term, [.. units]);
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await store.CommitAsync(next, cancellationToken);
                break;
            }
            catch (StoreUnavailableException) when (Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(Pause, cancellationToken);
            }
        }

        units.Clear();
    }
}
