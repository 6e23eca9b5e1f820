using System.Collections;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Node;

/// <summary>The units of a batch, each encoded when the store first asks for it: on the store's thread, while the
/// deciding one goes on. Asking again, as when a commit is repeated, gives the same unit.</summary>
internal sealed class EncodedUnits : IReadOnlyList<CommitUnit>
{
    private readonly int readyCount;
    private readonly IReadOnlyList<Change> changes;
    private readonly IReadOnlyList<int> ends;
    private readonly DocumentCodec codec;
    private readonly List<CommitUnit> encoded;
    private readonly Lock encoding = new();

    /// <param name="ready">Units that no decision made; they come first.</param>
    /// <param name="changes">What was decided; no longer changes.</param>
    /// <param name="ends">Where each decision ends in <paramref name="changes"/>.</param>
    /// <param name="codec">Encodes; its documents of the batch before are over.</param>
    public EncodedUnits(
        IReadOnlyList<CommitUnit> ready, IReadOnlyList<Change> changes, IReadOnlyList<int> ends, DocumentCodec codec)
    {
        (readyCount, this.changes, this.ends, this.codec) = (ready.Count, changes, ends, codec);
        Count = ready.Count + ends.Count;
        encoded = new(Count);
        encoded.AddRange(ready);
        codec.BeginBatch();
    }

    public int Count { get; }

    public CommitUnit this[int index]
    {
        get
        {
            lock (encoding)
            {
                while (encoded.Count <= index) EncodeNextNeedsLock(); // in order: events are numbered
                return encoded[index];
            }
        }
    }

    public IEnumerator<CommitUnit> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void EncodeNextNeedsLock()
    {
        var next = encoded.Count - readyCount;
        encoded.Add(codec.Encode(changes, next == 0 ? 0 : ends[next - 1], ends[next]));
    }
}
