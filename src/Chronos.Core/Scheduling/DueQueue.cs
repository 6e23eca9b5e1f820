namespace Chronos.Core.Scheduling;

/// <summary>Slots ordered by the time at which they next need a decision: a 4-ary heap in two arrays, without an
/// object for each entry. A slot knows its place, so that moving it costs no search.</summary>
internal sealed class DueQueue
{
    /// <summary>The time of a slot that needs no decision; it is not in the heap.</summary>
    public const long Never = long.MaxValue;

    private const int Arity = 4;
    private long[] times = new long[64];
    private JobSlot[] slots = new JobSlot[64];
    private int count;

    /// <summary>The earliest time, in Unix ticks of 100 ns; <see cref="Never"/> where there is none.</summary>
    public long Earliest => count == 0 ? Never : times[0];

    /// <summary>The slot at <see cref="Earliest"/>.</summary>
    public JobSlot First => slots[0];

    /// <summary>Puts a slot in its place, moves it, or takes it out.</summary>
    public void Set(JobSlot slot, long time)
    {
        if (time == Never)
        {
            Remove(slot);
            return;
        }

        if (slot.QueueIndex >= 0 && times[slot.QueueIndex] == time) return;
        if (slot.QueueIndex < 0)
        {
            if (count == slots.Length) Grow();
            slot.QueueIndex = count++;
        }

        Place(slot, time);
    }

    /// <summary>Takes a slot out, if it is in.</summary>
    public void Remove(JobSlot slot)
    {
        var hole = slot.QueueIndex;
        if (hole < 0) return;
        slot.QueueIndex = -1;
        var (lastSlot, lastTime) = (slots[--count], times[count]);
        slots[count] = null!; // beyond the end; lets the slot be collected
        if (lastSlot == slot) return;
        lastSlot.QueueIndex = hole;
        Place(lastSlot, lastTime);
    }

    private void Place(JobSlot slot, long time)
    {
        var index = slot.QueueIndex;
        while (index > 0)
        {
            var parent = (index - 1) / Arity;
            if (times[parent] <= time) break;
            Put(index, slots[parent], times[parent]);
            index = parent;
        }

        while (true)
        {
            var child = SmallestChild(index);
            if (child < 0 || times[child] >= time) break;
            Put(index, slots[child], times[child]);
            index = child;
        }

        Put(index, slot, time);
    }

    private int SmallestChild(int index)
    {
        var first = (index * Arity) + 1;
        if (first >= count) return -1;
        var best = first;
        var end = Math.Min(first + Arity, count);
        for (var i = first + 1; i < end; i++)
            if (times[i] < times[best]) best = i;
        return best;
    }

    private void Put(int index, JobSlot slot, long time)
    {
        slots[index] = slot;
        times[index] = time;
        slot.QueueIndex = index;
    }

    private void Grow()
    {
        Array.Resize(ref slots, count * 2);
        Array.Resize(ref times, count * 2);
    }
}
