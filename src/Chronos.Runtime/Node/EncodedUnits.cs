using System.Collections;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Runtime.Node;

/// <summary>The units of a batch, each encoded when the store first asks for it: on the store's thread, while the
/// deciding one goes on. Asking again, as when a commit is repeated, gives the same unit.</summary>
/// <param name="ready">Units that no decision made; they come first.</param>
/// <param name="changes">What was decided; no longer changes.</param>
/// <param name="ends">Where each decision ends in <paramref name="changes"/>.</param>
/// <param name="codec">Encodes; one batch at a time uses it.</param>
internal sealed class EncodedUnits(
    IReadOnlyList<CommitUnit> ready, IReadOnlyList<Change> changes, IReadOnlyList<int> ends, DocumentCodec codec)
    : IReadOnlyList<CommitUnit>
{
    private readonly List<CommitUnit> encoded = [.. ready];
    private readonly Lock encoding = new();

    public int Count { get; } = ready.Count + ends.Count;

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
        var next = encoded.Count - ready.Count;
        encoded.Add(codec.Encode(changes, next == 0 ? 0 : ends[next - 1], ends[next]));
    }
}
