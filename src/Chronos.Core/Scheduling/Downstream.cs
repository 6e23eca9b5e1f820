using Chronos.Core.Jobs;

namespace Chronos.Core.Scheduling;

/// <summary>The jobs below a job, directly or not.</summary>
internal static class Downstream
{
    private const int NamesMax = 100;

    /// <summary>Names in ordinal order, at most a hundred, so that a message stays readable.</summary>
    public static ValueList<string> Of(JobSlot slot)
    {
        var seen = new HashSet<JobSlot>();
        var open = new Queue<JobSlot>(slot.Children);
        while (seen.Count < NamesMax && open.TryDequeue(out var next))
            if (seen.Add(next))
                foreach (var child in next.Children) open.Enqueue(child);
        return seen.Select(s => s.Name).Order(StringComparer.Ordinal).ToValueList();
    }
}
