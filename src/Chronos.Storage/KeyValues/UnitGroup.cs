using Chronos.Runtime.Ports;

namespace Chronos.Storage.KeyValues;

/// <summary>Units that are committed in one transaction. Of several changes of one document the last counts.</summary>
internal sealed class UnitGroup
{
    private readonly KeyValueLimits limits;
    private readonly Dictionary<DocumentKey, int> places = [];
    private readonly List<DocumentChange> changes = [];
    private int bytes;

    private UnitGroup(KeyValueLimits limits) => this.limits = limits;

    /// <summary>What to write.</summary>
    public IReadOnlyList<DocumentChange> Changes => changes;

    /// <summary>The first unit that is not in the group.</summary>
    public int End { get; private set; }

    /// <summary>Whether it does not fit into one transaction; it is then one unit.</summary>
    public bool IsOversized { get; private set; }

    /// <summary>The units from <paramref name="start"/> on that fit together; at least one, where there is one.
    /// </summary>
    public static UnitGroup Take(IReadOnlyList<CommitUnit> units, int start, KeyValueLimits limits)
    {
        var group = new UnitGroup(limits) { End = start };
        while (group.End < units.Count && !group.IsOversized && group.TryAdd(units[group.End])) group.End++;
        return group;
    }

    /// <summary>Splits changes into lists that each fit into one transaction.</summary>
    public static IEnumerable<IReadOnlyList<DocumentChange>> Split(
        IReadOnlyList<DocumentChange> changes, KeyValueLimits limits)
    {
        var part = new UnitGroup(limits);
        foreach (var change in changes)
        {
            var cost = part.CostOf(change);
            if (!part.HasRoom(1, cost))
            {
                yield return part.Changes;
                part = new(limits);
            }

            part.Add(change, cost);
        }

        yield return part.Changes;
    }

    private bool TryAdd(CommitUnit unit)
    {
        var cost = 0;
        foreach (var change in unit.Documents) cost += CostOf(change);
        if (!HasRoom(unit.Documents.Count, cost))
        {
            if (changes.Count > 0) return false;
            IsOversized = true;
        }

        foreach (var change in unit.Documents) Add(change, CostOf(change));
        return true;
    }

    private bool HasRoom(int count, int cost) =>
        changes.Count + count <= limits.Changes && bytes + cost <= limits.Bytes;

    private void Add(DocumentChange change, int cost)
    {
        bytes += cost;
        if (places.TryAdd(change.Key, changes.Count)) changes.Add(change);
        else changes[places[change.Key]] = change;
    }

    // A document that is too large for one value counts as the reference that stands for it.
    private int CostOf(DocumentChange change)
    {
        var length = change.Json?.Length ?? 0;
        return KeyValueLimits.CostOf(change.Key.Name, length > limits.ValueBytes ? 0 : length);
    }
}
