using System.Globalization;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Problems;

namespace Chronos.Server.Endpoints.Native;

/// <summary>One page of jobs.</summary>
/// <param name="Items">The jobs.</param>
/// <param name="Total">How many match on all pages.</param>
/// <param name="Next">Cursor of the next page; null: this was the last.</param>
internal sealed record JobListingPage(IReadOnlyList<JobSnapshot> Items, int Total, string? Next);

/// <summary>Lists jobs page by page. Nothing is sorted in full: names come sorted from the directory, and other orders
/// keep only the page's best in a heap.</summary>
internal sealed class JobListing(JobDirectory jobs, JobFilter filter, JobOrder order)
{
    private const string CursorKind = "jobs";

    /// <summary>The page after a cursor, or after so many jobs.</summary>
    public JobListingPage Page(int limit, string? after, int offset = 0)
    {
        var start = after is null ? (JobRank?)null : RankOf(after);
        return order.IsName ? ByName(limit, start?.Name, offset) : ByRank(limit, start, offset);
    }

    private JobListingPage ByName(int limit, string? after, int offset)
    {
        var entries = jobs.Entries();
        var items = new List<JobSnapshot>(Math.Min(limit, entries.Length) + 1);
        var (start, step) = Start(entries, after);
        if (filter.IsEmpty)
        {
            for (var i = start + (step * offset); i >= 0 && i < entries.Length && items.Count <= limit; i += step)
                if (entries[i].Snapshot is { } job) items.Add(job);
            return Cut(items, limit, entries.Length);
        }

        // The total needs a look at every job, so those before the page are counted on the way.
        var total = 0;
        var first = order.IsDescending ? entries.Length - 1 : 0;
        for (var i = first; i >= 0 && i < entries.Length; i += step)
        {
            if (!filter.Admits(entries[i])) continue;
            total++;
            if ((i - start) * step < 0 || items.Count > limit || offset-- > 0) continue;
            if (entries[i].Snapshot is { } job) items.Add(job);
        }

        return Cut(items, limit, total);
    }

    private (int Start, int Step) Start(ReadOnlySpan<JobEntry> entries, string? after)
    {
        var step = order.IsDescending ? -1 : 1;
        if (after is null) return (order.IsDescending ? entries.Length - 1 : 0, step);
        var (low, high) = (0, entries.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var isBefore = string.CompareOrdinal(entries[middle].Name, after) is var c
                && (order.IsDescending ? c < 0 : c <= 0);
            if (isBefore) low = middle + 1;
            else high = middle;
        }

        return (order.IsDescending ? low - 1 : low, step);
    }

    private JobListingPage ByRank(int limit, JobRank? after, int offset)
    {
        // The heap's root is the worst of the best; one more than the page tells whether another page follows.
        var kept = offset + limit;
        var chosen = order;
        var worstFirst = Comparer<JobRank>.Create((left, right) => chosen.Compare(right, left));
        var best = new PriorityQueue<JobSnapshot, JobRank>(worstFirst);
        var total = 0;
        foreach (var entry in jobs.Entries())
        {
            if (!filter.Admits(entry) || entry.Snapshot is not { } job) continue;
            total++;
            var rank = order.RankOf(job);
            if (after is { } start && order.Compare(rank, start) <= 0) continue;
            if (best.Count <= kept) best.Enqueue(job, rank);
            else best.EnqueueDequeue(job, rank);
        }

        var items = new JobSnapshot[best.Count];
        for (var i = items.Length - 1; i >= 0; i--) items[i] = best.Dequeue();
        return Cut(offset == 0 ? items : [.. items.Skip(offset)], limit, total);
    }

    private JobListingPage Cut(IReadOnlyList<JobSnapshot> items, int limit, int total)
    {
        if (items.Count <= limit) return new(items, total, null);
        var page = items.Take(limit).ToList();
        return new(page, total, CursorOf(order.RankOf(page[^1])));
    }

    private string CursorOf(JobRank rank) => Cursor.Of(
        CursorKind, SortText(), rank.Number.ToString(CultureInfo.InvariantCulture), rank.Text, rank.Name);

    private JobRank RankOf(string after)
    {
        var parts = Cursor.Read(after, CursorKind, 5);
        if (parts[1] == SortText() && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var number))
            return new(number, parts[3], parts[4]);
        throw Cursor.Bad(after);
    }

    private string SortText() => (order.IsDescending ? "-" : "") + JobOrder.Fields[(int)order.Field];
}
