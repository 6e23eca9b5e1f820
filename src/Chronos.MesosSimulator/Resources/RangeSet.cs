using Chronos.Mesos.Protocol;

namespace Chronos.MesosSimulator.Resources;

/// <summary>Whole numbers in ranges that neither overlap nor touch, in order; the ends belong to them.</summary>
internal sealed class RangeSet
{
    private readonly List<(ulong Begin, ulong End)> ranges = [];

    internal bool IsEmpty => ranges.Count == 0;

    internal void Add(ulong begin, ulong end)
    {
        ranges.Add((begin, end));
        ranges.Sort();
        for (var i = ranges.Count - 1; i > 0; i--)
        {
            if (ranges[i].Begin > ranges[i - 1].End + 1) continue;
            ranges[i - 1] = (ranges[i - 1].Begin, Math.Max(ranges[i - 1].End, ranges[i].End));
            ranges.RemoveAt(i);
        }
    }

    internal void Add(RangeSet other)
    {
        foreach (var (begin, end) in other.ranges) Add(begin, end);
    }

    internal void Remove(RangeSet other)
    {
        foreach (var (begin, end) in other.ranges) Remove(begin, end);
    }

    internal bool Contains(RangeSet other) => other.ranges.TrueForAll(theirs =>
        ranges.Exists(ours => ours.Begin <= theirs.Begin && theirs.End <= ours.End));

    internal Value.Types.Ranges ToMessage()
    {
        var message = new Value.Types.Ranges();
        foreach (var (begin, end) in ranges) message.Range.Add(new Value.Types.Range { Begin = begin, End = end });
        return message;
    }

    public override string ToString() => $"[{string.Join(", ", ranges.Select(r => $"{r.Begin}-{r.End}"))}]";

    private void Remove(ulong begin, ulong end)
    {
        for (var i = ranges.Count - 1; i >= 0; i--)
        {
            var (first, last) = ranges[i];
            if (last < begin || end < first) continue;
            ranges.RemoveAt(i);
            if (end < last) ranges.Insert(i, (end + 1, last));
            if (first < begin) ranges.Insert(i, (first, begin - 1));
        }
    }
}
